"""The checks, one module a family; a module here is found by being here."""
