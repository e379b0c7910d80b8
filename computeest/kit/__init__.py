"""The plugin kit: the contract that every plugin keeps, and the package that a new one starts from."""

from __future__ import annotations

from computeest.kit.finding import Finding
from computeest.kit.suite import assert_contract, contract

__all__ = ["Finding", "assert_contract", "contract"]
