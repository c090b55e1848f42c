import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from features.onnx_runtime import load_onnxruntime
from training.encoder.quantise import ACTIVATION_LIMIT, WEIGHT_LIMIT, quantise_graph, quantise_rows


@given(
    weights=arrays(np.float32, array_shapes(min_dims=2, max_dims=2), elements=st.floats(-1e6, 1e6, width=32)),
    limit=st.integers(1, 127),
)
def test_rounding_loses_at_most_half_a_step(weights, limit):
    whole, scales = quantise_rows(weights, limit)
    assert np.abs(whole.astype(int)).max(initial=0) <= limit
    assert (np.abs(whole * scales - weights) <= scales * 0.501 + 1e-30).all()


def test_no_pair_of_products_overflows_sixteen_bits():
    assert 2 * (128 + ACTIVATION_LIMIT) * WEIGHT_LIMIT <= np.iinfo(np.int16).max


@pytest.fixture
def product():
    """Return a one-product graph, (1, n, 16) by (16, 4), and its weights."""
    onnx = pytest.importorskip("onnx", reason="compiling needs the train extra")
    from onnx import TensorProto, helper, numpy_helper

    weights = np.random.default_rng(0).normal(size=(16, 4)).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "product",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, "n", 16])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, "n", 4])],
        [numpy_helper.from_array(weights, "w")],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    onnx.checker.check_model(made)
    return made, weights


def run(graph_file, values):
    onnxruntime = load_onnxruntime()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        graph_file.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return session.run(None, {"x": values})[0]


def test_a_quantised_product_stays_near_the_exact_one(product):
    graph_file, weights = product
    values = np.random.default_rng(1).normal(size=(1, 5, 16)).astype(np.float32)
    np.testing.assert_allclose(run(quantise_graph(graph_file), values), values @ weights, atol=0.15)


def test_a_huge_token_takes_no_precision_from_another(product):
    graph_file, _ = product
    quantised = quantise_graph(graph_file)
    values = np.random.default_rng(2).normal(size=(1, 2, 16)).astype(np.float32)
    beside_huge = values.copy()
    beside_huge[0, 1] *= 1e4
    np.testing.assert_array_equal(run(quantised, values)[0, 0], run(quantised, beside_huge)[0, 0])


def test_a_token_of_zeros_gives_zeros(product):
    graph_file, _ = product
    assert (run(quantise_graph(graph_file), np.zeros((1, 3, 16), dtype=np.float32)) == 0).all()
