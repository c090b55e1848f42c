"""Rewrites an fp32 ONNX graph with 8-bit weights and, token by token, 8-bit activations.

onnxruntime's own dynamic quantisation has one activation scale for a whole batch, so that a text's vector
depends on its neighbours and one large value costs every token its precision. Here each token has its own
scale. ADR 0008 has the measurements. It does not touch attention's inner products, layer norms or pooling:
they stay fp32.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import onnx

__all__ = ["ACTIVATION_LIMIT", "WEIGHT_LIMIT", "quantise_graph", "quantise_rows"]

# Processors without VNNI add two products u8 * s8 into 16 bits: 2 * 255 * 64 = 32,640 still fits,
# 2 * 255 * 127 does not and would saturate. Hence weights of 7 bits.
WEIGHT_LIMIT = 64
# Activations lie in 1..255 around a zero point of 128.
ACTIVATION_LIMIT = 127
# Tables with fewer rows (positions, token types) are too small to be worth it.
_TABLE_ROWS_MIN = 1024


def quantise_rows(weights: np.ndarray, limit: int) -> tuple[np.ndarray, np.ndarray]:
    """Round each row to whole numbers within ``limit``, with a scale of its own.

    Parameters
    ----------
    weights : ndarray of shape (rows, columns), float32
    limit : int
        Largest absolute whole number, at most 127.

    Returns
    -------
    whole : ndarray of shape (rows, columns), int8
    scales : ndarray of shape (rows, 1), float32
        ``whole * scales`` is within half a scale of ``weights``.
    """
    scales = np.abs(weights).max(axis=1, keepdims=True).astype(np.float32) / np.float32(limit)
    scales[scales == 0] = 1
    return np.rint(weights / scales).astype(np.int8), scales


def quantise_graph(graph_file: "onnx.ModelProto") -> "onnx.ModelProto":
    """Quantise every matrix product with constant weights and every large embedding table, in place.

    Parameters
    ----------
    graph_file : onnx.ModelProto
        From :func:`training.encoder.export.export_graph`.
    """
    from onnx import helper

    rewriter = _Rewriter(graph_file)
    for node in list(graph_file.graph.node):
        rewriter.take(node)
    rewriter.finish()
    graph_file.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    return graph_file


class _Rewriter:
    """Copies nodes one by one, replacing those it can do in 8 bits."""

    def __init__(self, graph_file: "onnx.ModelProto") -> None:
        self._graph = graph_file.graph
        self._constants = {tensor.name: tensor for tensor in self._graph.initializer}
        self._nodes: list[onnx.NodeProto] = []
        self._added: dict[str, onnx.TensorProto] = {}
        self._quantised: set[str] = set()
        self._constant("q8.unit", np.float32(1 / ACTIVATION_LIMIT))
        self._constant("q8.zero", np.uint8(128))
        self._constant("q8.tiny", np.float32(1e-12))
        self._constant("q8.last", np.array([-1], dtype=np.int64))

    def take(self, node: "onnx.NodeProto") -> None:
        shape = self._shape_of_constant(node.input[1]) if node.op_type == "MatMul" else ()
        if len(shape) == 2:
            self._take_product(node)
            return
        table = self._shape_of_constant(node.input[0]) if node.op_type == "Gather" else ()
        if len(table) == 2 and table[0] >= _TABLE_ROWS_MIN:
            self._take_lookup(node)
            return
        self._nodes.append(node)

    def finish(self) -> None:
        """Put the new nodes in place and drop the constants that none of them reads."""
        used = {name for node in self._nodes for name in node.input}
        kept = [tensor for tensor in self._graph.initializer if tensor.name in used]
        del self._graph.node[:], self._graph.initializer[:]
        self._graph.node.extend(self._nodes)
        self._graph.initializer.extend([*kept, *(t for name, t in self._added.items() if name in used)])

    def _take_product(self, node: "onnx.NodeProto") -> None:
        values, weights = node.input
        out = node.output[0]
        if f"{weights}.q8" not in self._added:
            whole, scales = quantise_rows(self._array(weights).T, WEIGHT_LIMIT)
            self._constant(f"{weights}.q8", np.ascontiguousarray(whole.T))
            self._constant(f"{weights}.scale", scales[:, 0])
        if values not in self._quantised:  # query, key and value share one
            self._quantised.add(values)
            self._add("Abs", [values], f"{values}.abs")
            self._add("ReduceMax", [f"{values}.abs", "q8.last"], f"{values}.peak", keepdims=1)
            self._add("Max", [f"{values}.peak", "q8.tiny"], f"{values}.size")
            self._add("Div", [values, f"{values}.size"], f"{values}.part")
            self._add("QuantizeLinear", [f"{values}.part", "q8.unit", "q8.zero"], f"{values}.q8")
        inputs = [f"{values}.q8", f"{weights}.q8", "q8.unit", f"{weights}.scale", "q8.zero"]
        self._add("MatMulIntegerToFloat", inputs, f"{out}.part", domain="com.microsoft")
        self._add("Mul", [f"{out}.part", f"{values}.size"], out)

    def _take_lookup(self, node: "onnx.NodeProto") -> None:
        table, ids = node.input
        out = node.output[0]
        if f"{table}.q8" not in self._added:
            whole, scales = quantise_rows(self._array(table), 127)  # no product, so all 8 bits
            self._constant(f"{table}.q8", whole)
            self._constant(f"{table}.scale", scales)
        self._add("Gather", [f"{table}.q8", ids], f"{out}.q8")
        self._add("Cast", [f"{out}.q8"], f"{out}.part", to=1)  # 1: float32
        self._add("Gather", [f"{table}.scale", ids], f"{out}.size")
        self._add("Mul", [f"{out}.part", f"{out}.size"], out)

    def _add(self, op_type: str, inputs: list[str], output: str, **attributes: Any) -> None:
        from onnx import helper

        self._nodes.append(helper.make_node(op_type, inputs, [output], **attributes))

    def _constant(self, name: str, value: np.ndarray | np.generic) -> None:
        from onnx import numpy_helper

        self._added[name] = numpy_helper.from_array(np.asarray(value), name)

    def _array(self, name: str) -> np.ndarray:
        from onnx import numpy_helper

        return numpy_helper.to_array(self._constants[name])

    def _shape_of_constant(self, name: str) -> tuple[int, ...]:
        tensor = self._constants.get(name)
        return tuple(tensor.dims) if tensor is not None else ()
