"""Tasks: one thin file each that joins data, model, training and metric."""
