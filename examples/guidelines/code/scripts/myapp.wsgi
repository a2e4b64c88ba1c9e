# The daemon's home is the folder of the code, from which Python imports.
from probe import application
