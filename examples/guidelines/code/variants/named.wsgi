# The application has another name than mod_wsgi looks for.
from probe import application as site
