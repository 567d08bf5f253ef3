"""Imported by the server that tests fork from: everything, once."""

from tests.faults.processes import import_everything

import_everything()
