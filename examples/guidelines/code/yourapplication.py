"""The module of the first document, which holds `app`."""
from probe import application as app
