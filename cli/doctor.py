"""`seqkit doctor`."""

import importlib.metadata
import importlib.util
import platform

import click

from seqkit.cli import options

LIBRARIES = ("numpy", "torch", "nltk", "tqdm", "click", "safetensors", "numba")
EXTRAS = {"plots": "matplotlib", "subword": "tokenizers"}


@click.command(cls=options.Command, name="doctor")
@options.as_json
def command(as_json: bool) -> None:
    """Show versions, devices and which fast paths are in use.

    \b
    Example:
      seqkit doctor
    """
    facts = {**_versions(), **_paths()}
    if as_json:
        options.echo_json(facts)
        return
    for name, value in facts.items():
        click.echo(f"{name:<22} {value}")


def _versions() -> dict[str, str]:
    import seqkit

    found = {"seqkit": seqkit.__version__, "python": platform.python_version()}
    found |= {name: importlib.metadata.version(name) for name in LIBRARIES}
    for extra, module in EXTRAS.items():
        missing = importlib.util.find_spec(module) is None
        state = f'missing: pip install "seqkit[{extra}]"' if missing else "installed"
        found[f"extra {extra}"] = state
    return found


def _paths() -> dict[str, str]:
    import torch

    from seqkit.corpora.nltk_corpora import installed
    from seqkit.train.precision import bf16_speedup

    speedup = bf16_speedup()
    gpus = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
    one_dnn = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    fused = "oneDNN kernel" if one_dnn else "torch's step by step"
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": torch.backends.cpu.get_cpu_capability(),
        "threads": str(torch.get_num_threads()),
        "gpus": ", ".join(gpus) or "none",
        "bf16 on this cpu": f"{speedup:.1f} times fp32: {'used' if speedup > 1.3 else 'not used'}",
        "lstm on this cpu": fused,
        "nltk corpora": ", ".join(installed()) or "none found (see NLTK_DATA)",
    }
