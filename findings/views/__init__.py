"""The rooms of the workbench, each a module."""
