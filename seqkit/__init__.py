"""seqkit: sequence models for text, small enough to read and exact enough to teach from.

Nothing heavy is imported here; import the part you need: `from seqkit.tasks import language`.
"""

import pathlib

__version__ = "0.1.0"

# In a checkout the folders cli/ and corpora/ lie beside this package; a wheel maps them inside.
_root = pathlib.Path(__file__).resolve().parent.parent
if (_root / "setup.py").is_file() and (_root / "corpora").is_dir():
    __path__.append(str(_root))
