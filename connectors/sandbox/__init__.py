"""Sandbox marketplaces: invented sellers, shown by small sites in the markup of the real ones."""

from .faults import Fault
from .serve import Sandbox
from .world import World

__all__ = ["Fault", "Sandbox", "World"]
