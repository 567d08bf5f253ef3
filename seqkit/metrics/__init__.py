"""Metrics: pure functions of counts and arrays, imported one module at a time."""
