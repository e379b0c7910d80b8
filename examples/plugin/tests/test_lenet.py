"""LeNet-5 against the numbers of LeCun et al. 1998, doi:10.1109/5.726791, section II.B."""

import computeest_lenet
import pytest
from computeest_lenet import lenet

from computeest.kit import assert_contract

#: Connections as the paper counts them: one for each product with a weight, one for each addition of a bias.
CONNECTIONS = {"C1": 122_304, "C3": 151_600, "C5": 48_120, "F6": 10_164, "output": 840}
PARAMETERS = {"C1": 156, "S2": 12, "C3": 1_516, "S4": 32, "C5": 48_120, "F6": 10_164}


def test_keeps_the_contract_of_a_plugin():
    assert_contract(computeest_lenet)


@pytest.mark.parametrize("name", CONNECTIONS)
def test_connections_are_those_published(name):
    layers = [layer for layer in lenet().layers if layer.name == name]
    assert sum(layer.forward_flop // 2 + layer.elementwise_flop for layer in layers) == CONNECTIONS[name]


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_are_those_published(name):
    assert sum(layer.parameters for layer in lenet().layers if layer.name == name) == PARAMETERS[name]


def test_sixty_thousand_parameters_are_trained():
    assert lenet().trainable_parameters == 60_000
