#!/usr/bin/python3
"""Records reference values from PyTorch: the output and every gradient of each part of the library.

Run with Debian's python3-torch (`apt-get install python3-torch`), from anywhere:

    /usr/bin/python3 tests/golden/make_golden.py

It writes one JSON file for each part beside itself. The tests read those files only; they never run Python.

Everything is in double precision and in the library's conventions: a token is a row, weights multiply on the right
(PyTorch keeps their transposes, so W.T is handed over and autograd returns the gradient of W itself), and a sequence is a
matrix without a batch dimension. The loss is sum(dY * Y) with a random dY. PyTorch's own modules do the computing wherever
there is one; the rest is written with tensor operations, and autograd gives the gradients either way.
"""

import json
import math
import pathlib
import struct

import torch
import torch.nn.functional as F
from torch.nn.utils.stateless import functional_call

HERE = pathlib.Path(__file__).parent
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


# ---------------------------------------------------------------------------------------------------------------- recording

def rand(*shape, scale=1.0):
    return scale * torch.randn(*shape)


def case(name, forward, inputs=None, parameters=None, settings=None):
    """Runs forward(inputs, parameters) and returns a record of everything that went in and came out."""
    inputs, parameters = inputs or {}, parameters or {}
    leaves = {**inputs, **parameters}
    for leaf in leaves.values():
        leaf.requires_grad_(True)
    Y = forward(inputs, parameters)
    dY = torch.randn(Y.shape) if Y.dim() else torch.ones(())
    (dY * Y).sum().backward()
    gradients = {key: torch.zeros_like(leaf) if leaf.grad is None else leaf.grad for key, leaf in leaves.items()}
    assert all(torch.isfinite(t).all() for t in [Y, *gradients.values()]), name
    return {
        "name": name,
        "settings": settings or {},
        "inputs": numbers(inputs),
        "parameters": numbers(parameters),
        "Y": numbers(Y),
        "dY": numbers(dY),
        "gradients": numbers(gradients),
    }


def numbers(x):
    if isinstance(x, dict):
        return {key: numbers(value) for key, value in x.items()}
    # JSON has no infinity; the tests read null as minus infinity.
    def finite(v):
        return [finite(u) for u in v] if isinstance(v, list) else (None if v == -math.inf else v)
    return finite(x.detach().tolist())


def write(part, cases):
    body = ",\n".join(json.dumps(c, ensure_ascii=False, separators=(",", ":")) for c in cases)
    text = f'{{"made by":"PyTorch {torch.__version__}","cases":[\n{body}\n]}}\n'
    (HERE / f"{part}.json").write_text(text, encoding="utf-8")
    print(f"{part}: {len(cases)} cases, {len(text) // 1024} KB")


# -------------------------------------------------------------------------------------------------------------------- masks

def boolean(mask):
    return [[bool(b) for b in row] for row in mask.tolist()]


def causal(n):
    return torch.tril(torch.ones(n, n, dtype=torch.bool))


def padding(n, is_padding):
    return (~torch.tensor(is_padding)).expand(n, len(is_padding))


def window(n, w):
    i = torch.arange(n)
    d = i[:, None] - i[None, :]
    return (d >= 0) & (d < w)


# --------------------------------------------------------------------------------------------------------------- parameters

def attention_parameters(d, h, d_M=None, bias=True, scale=0.5):
    d_M = d_M or d
    p = {"W_Q": rand(d, d, scale=scale), "W_K": rand(d_M, d, scale=scale), "W_V": rand(d_M, d, scale=scale), "W_O": rand(d, d, scale=scale)}
    if bias:
        p.update({b: rand(d, scale=scale) for b in ["b_Q", "b_K", "b_V", "b_O"]})
    return p


def feed_forward_parameters(d, d_ff, scale=0.5):
    return {"W_1": rand(d, d_ff, scale=scale), "b_1": rand(d_ff, scale=scale), "W_2": rand(d_ff, d, scale=scale), "b_2": rand(d, scale=scale)}


def norm_parameters(d):
    return {"γ": 1 + rand(d, scale=0.3), "β": rand(d, scale=0.3)}


def under(prefix, parameters):
    return {f"{prefix}.{key}": value for key, value in parameters.items()}


def part(prefix, parameters):
    return {key[len(prefix) + 1:]: value for key, value in parameters.items() if key.startswith(prefix + ".")}


def encoder_layer_parameters(d, h, d_ff):
    return {
        **under("attention", attention_parameters(d, h)), **under("norm1", norm_parameters(d)),
        **under("feedForward", feed_forward_parameters(d, d_ff)), **under("norm2", norm_parameters(d)),
    }


def decoder_layer_parameters(d, h, d_ff):
    return {
        **under("selfAttention", attention_parameters(d, h)), **under("norm1", norm_parameters(d)),
        **under("crossAttention", attention_parameters(d, h)), **under("norm2", norm_parameters(d)),
        **under("feedForward", feed_forward_parameters(d, d_ff)), **under("norm3", norm_parameters(d)),
    }


# ---------------------------------------------------------- the library's parameters under the names of PyTorch's modules

def attention_state(prefix, p):
    state = {}
    if p["W_K"].shape[0] == p["W_Q"].shape[0]:
        state["in_proj_weight"] = torch.cat([p["W_Q"].T, p["W_K"].T, p["W_V"].T])
    else:
        state.update(q_proj_weight=p["W_Q"].T, k_proj_weight=p["W_K"].T, v_proj_weight=p["W_V"].T)
    state["out_proj.weight"] = p["W_O"].T
    if "b_Q" in p:
        state["in_proj_bias"] = torch.cat([p["b_Q"], p["b_K"], p["b_V"]])
        state["out_proj.bias"] = p["b_O"]
    return {prefix + key: value for key, value in state.items()}


def norm_state(prefix, p):
    return {prefix + "weight": p["γ"], prefix + "bias": p["β"]}


def feed_forward_state(prefix, p):
    return {prefix + "linear1.weight": p["W_1"].T, prefix + "linear1.bias": p["b_1"], prefix + "linear2.weight": p["W_2"].T, prefix + "linear2.bias": p["b_2"]}


def encoder_layer_state(prefix, p):
    return {
        **attention_state(prefix + "self_attn.", part("attention", p)), **norm_state(prefix + "norm1.", part("norm1", p)),
        **feed_forward_state(prefix, part("feedForward", p)), **norm_state(prefix + "norm2.", part("norm2", p)),
    }


def decoder_layer_state(prefix, p):
    return {
        **attention_state(prefix + "self_attn.", part("selfAttention", p)), **norm_state(prefix + "norm1.", part("norm1", p)),
        **attention_state(prefix + "multihead_attn.", part("crossAttention", p)), **norm_state(prefix + "norm2.", part("norm2", p)),
        **feed_forward_state(prefix, part("feedForward", p)), **norm_state(prefix + "norm3.", part("norm3", p)),
    }


def stack_state(p, layers, layer_state):
    state = {}
    for l in range(layers):
        state.update(layer_state(f"layers.{l}.", part(f"layers.{l}", p)))
    if "norm.γ" in p:
        state.update(norm_state("norm.", part("norm", p)))
    return state


def stack_parameters(layers, make, d, final_norm):
    p = {}
    for l in range(layers):
        p.update(under(f"layers.{l}", make()))
    if final_norm:
        p.update(under("norm", norm_parameters(d)))
    return p


def activation(name):
    return {"ReLU": F.relu, "GELU": F.gelu, "GELU (tanh)": lambda x: F.gelu(x, approximate="tanh")}[name]


def disallowed(mask):
    """PyTorch's boolean masks say what is *not* allowed."""
    return None if mask is None else ~mask


# -------------------------------------------------------------------------------------------------------------- simple parts

def linear():
    for n, d_in, d_out, bias in [(1, 1, 1, True), (3, 4, 2, True), (2, 3, 5, False)]:
        p = {"W": rand(d_in, d_out)}
        if bias:
            p["b"] = rand(d_out)
        yield case(f"n={n} d_in={d_in} d_out={d_out} bias={bias}", lambda i, p: F.linear(i["X"], p["W"].T, p.get("b")), {"X": rand(n, d_in)}, p)


def layer_norm():
    def forward(eps):
        return lambda i, p: F.layer_norm(i["X"], i["X"].shape[-1:], p["γ"], p["β"], eps)

    for n, d, eps in [(1, 1, 1e-5), (1, 2, 1e-5), (1, 4, 1e-12), (3, 5, 1e-5), (2, 8, 1e-2), (4, 64, 1e-5)]:
        yield case(f"n={n} d={d} ε={eps}", forward(eps), {"X": rand(n, d)}, norm_parameters(d), {"ε": eps})
    yield case("the token 0.2 0.1 0.3, γ = 1, β = 0", forward(1e-5), {"X": torch.tensor([[0.2, 0.1, 0.3]])}, {"γ": torch.ones(3), "β": torch.zeros(3)}, {"ε": 1e-5})
    yield case("a constant token beside another", forward(1e-5), {"X": torch.tensor([[0.5, 0.5, 0.5, 0.5], [1.0, 2.0, 3.0, 4.0]])}, norm_parameters(4), {"ε": 1e-5})
    yield case("a token with σ² near ε", forward(1e-5), {"X": rand(2, 6, scale=3e-3)}, norm_parameters(6), {"ε": 1e-5})
    yield case("a token far from zero", forward(1e-5), {"X": 1000 + rand(2, 6)}, norm_parameters(6), {"ε": 1e-5})


def rms_norm():
    for n, d, eps in [(1, 1, 1e-5), (3, 5, 1e-5), (2, 8, 1e-2)]:
        yield case(
            f"n={n} d={d} ε={eps}",
            lambda i, p: i["X"] / torch.sqrt((i["X"] ** 2).mean(-1, keepdim=True) + eps) * p["γ"],
            {"X": rand(n, d)}, {"γ": 1 + rand(d, scale=0.3)}, {"ε": eps})


def softmax():
    some = torch.tensor([[0.5, -math.inf, 2.0, -1.0], [-math.inf, -math.inf, 0.3, -math.inf], [1.0, 2.0, 3.0, -math.inf]])
    for name, S in [
        ("one score", rand(1, 1)), ("2 × 3", rand(2, 3)), ("5 × 7, wide apart", rand(5, 7, scale=8)),
        ("large scores", torch.tensor([[1000.0, 999.0, 0.0], [-1000.0, -1001.0, -1002.0]])), ("some not allowed", some),
    ]:
        yield case(name, lambda i, p: F.softmax(i["S"], -1), {"S": S})


def embedding():
    for name, ids, V, d in [("one token", [0], 1, 1), ("three of five", [4, 0, 2], 5, 3), ("a word three times", [1, 3, 1, 1], 4, 2)]:
        yield case(name, lambda i, p: F.embedding(torch.tensor(ids), p["E"]), parameters={"E": rand(V, d)}, settings={"ids": ids, "scale": 1.0})
    ids = [2, 0, 2]
    yield case("scaled by √d_model", lambda i, p: F.embedding(torch.tensor(ids), p["E"]) * math.sqrt(4), parameters={"E": rand(3, 4)}, settings={"ids": ids, "scale": 2.0})


def sinusoid(n, d):
    i = torch.arange(n, dtype=torch.float64)[:, None]
    k = torch.arange((d + 1) // 2, dtype=torch.float64)[None, :]
    angle = i / 10000 ** (2 * k / d)
    return torch.stack([angle.sin(), angle.cos()], -1).reshape(n, -1)[:, :d]


def positions():
    for n, d in [(1, 1), (5, 4), (30, 8), (3, 5)]:
        yield case(f"sinusoidal n={n} d={d}", lambda i, p: i["X"] + sinusoid(n, d), {"X": rand(n, d)}, settings={"kind": "sinusoidal"})
    for n, longest, d in [(1, 1, 1), (3, 5, 4)]:
        yield case(f"learned n={n} of {longest} d={d}", lambda i, p: i["X"] + p["P"][:n], {"X": rand(n, d)}, {"P": rand(longest, d)}, {"kind": "learned"})


def dropout():
    for n, d, p_drop in [(3, 4, 0.5), (5, 5, 0.1), (2, 3, 0.0)]:
        M = F.dropout(torch.ones(n, d), p_drop, training=True)
        yield case(f"n={n} d={d} p={p_drop}", lambda i, p: i["X"] * M, {"X": rand(n, d)}, settings={"p": p_drop, "M": M.tolist()})


def feed_forward():
    for n, d, d_ff, name in [(1, 1, 1, "ReLU"), (3, 4, 16, "ReLU"), (2, 3, 5, "GELU"), (3, 4, 6, "GELU (tanh)")]:
        yield case(
            f"n={n} d={d} d_ff={d_ff} {name}",
            lambda i, p: F.linear(activation(name)(F.linear(i["X"], p["W_1"].T, p["b_1"])), p["W_2"].T, p["b_2"]),
            {"X": rand(n, d)}, feed_forward_parameters(d, d_ff, scale=1.0), {"activation": name})


def cross_entropy():
    for name, n, V, targets, smoothing in [
        ("one position, one word", 1, 1, [0], 0.0), ("three positions", 3, 5, [4, 0, 2], 0.0),
        ("two ignored", 4, 3, [-100, 1, -100, 2], 0.0), ("smoothed", 3, 5, [4, 0, 2], 0.1),
        ("smoothed, one ignored", 4, 6, [5, -100, 2, 0], 0.25),
    ]:
        yield case(
            name, lambda i, p: F.cross_entropy(i["logits"], torch.tensor(targets), label_smoothing=smoothing),
            {"logits": rand(n, V, scale=2.0)}, settings={"targets": targets, "smoothing": smoothing})


# ----------------------------------------------------------------------------------------------------------------- attention

def attend(Q, K, V, mask):
    """softmax(QKᵀ/√d_k)V; a query that may attend to nothing gets zeros, which autograd differentiates as they stand."""
    Z = Q @ K.T / math.sqrt(Q.shape[-1])
    if mask is None:
        return F.softmax(Z, -1) @ V
    some = mask.any(-1, keepdim=True)
    Z = torch.where(mask | ~some, Z, torch.tensor(-math.inf))
    return torch.where(some, F.softmax(Z, -1), torch.tensor(0.0)) @ V


def attention():
    nothing = torch.tensor([[True, False, True], [False, False, False], [True, True, True]])
    for name, n, m, d_k, d_v, mask in [
        ("one query, one key, width 1", 1, 1, 1, 1, None), ("3 × 3", 3, 3, 4, 4, None), ("2 queries, 5 keys, d_v = 3", 2, 5, 4, 3, None),
        ("causal", 4, 4, 3, 2, causal(4)), ("window of 2", 5, 5, 2, 2, window(5, 2)),
        ("two keys are padding", 3, 4, 2, 2, padding(3, [False, False, True, True])),
        ("a query that may attend to nothing", 3, 3, 2, 2, nothing), ("nothing at all", 1, 2, 2, 2, torch.zeros(1, 2, dtype=torch.bool)),
    ]:
        yield case(name, lambda i, p: attend(i["Q"], i["K"], i["V"], mask), {"Q": rand(n, d_k), "K": rand(m, d_k), "V": rand(m, d_v)},
                   settings={} if mask is None else {"mask": boolean(mask)})


def attention_head():
    def forward(mask):
        def f(i, p):
            M = i.get("M", i["X"])
            return attend(i["X"] @ p["W_Q"], M @ p["W_K"], M @ p["W_V"], mask)
        return f

    for name, n, m, d, d_k, mask in [
        ("width 1", 1, None, 1, 1, None), ("three tokens of width 10", 3, None, 10, 4, None), ("causal", 4, None, 3, 2, causal(4)), ("cross", 2, 3, 4, 2, None),
    ]:
        inputs = {"X": rand(n, d)} if m is None else {"X": rand(n, d), "M": rand(m, d)}
        yield case(name, forward(mask), inputs, {w: rand(d, d_k, scale=0.5) for w in ["W_Q", "W_K", "W_V"]}, {} if mask is None else {"mask": boolean(mask)})


def multi_head_attention():
    def forward(d, h, d_M, bias, mask):
        def f(i, p):
            other = {} if d_M is None else {"kdim": d_M, "vdim": d_M}
            module = torch.nn.MultiheadAttention(d, h, bias=bias, **other)
            M = i.get("M", i["X"])
            return functional_call(module, attention_state("", p), (i["X"], M, M), {"need_weights": False, "attn_mask": disallowed(mask)})[0]
        return f

    def by_heads(h, mask):
        """The same, written out: PyTorch's module gives NaN where a query may attend to nothing."""
        def f(i, p):
            Q, K, V = (i["X"] @ p["W_" + x] + p["b_" + x] for x in "QKV")
            O = [attend(q, k, v, mask) for q, k, v in zip(Q.chunk(h, -1), K.chunk(h, -1), V.chunk(h, -1))]
            return torch.cat(O, -1) @ p["W_O"] + p["b_O"]
        return f

    for name, n, m, d, h, d_M, bias, mask in [
        ("one token, width 1, one head", 1, None, 1, 1, None, True, None),
        ("one head", 3, None, 4, 1, None, True, None),
        ("two heads", 3, None, 4, 2, None, True, None),
        ("three heads of width 1, no biases", 2, None, 3, 3, None, False, None),
        ("causal", 4, None, 4, 2, None, True, causal(4)),
        ("padding", 3, None, 4, 2, None, True, padding(3, [False, True, False])),
        ("cross, three ask and five are asked", 3, 5, 4, 2, None, True, None),
        ("cross, padding, tokens of another width", 2, 4, 6, 3, 5, True, padding(2, [False, False, False, True])),
    ]:
        inputs = {"X": rand(n, d)} if m is None else {"X": rand(n, d), "M": rand(m, d_M or d)}
        settings = {"h": h} if mask is None else {"h": h, "mask": boolean(mask)}
        yield case(name, forward(d, h, d_M, bias, mask), inputs, attention_parameters(d, h, d_M, bias), settings)

    mask = torch.tensor([[False, False, False], [True, True, False], [True, False, True]])
    yield case("a token that may attend to nothing", by_heads(2, mask), {"X": rand(3, 4)}, attention_parameters(4, 2), {"h": 2, "mask": boolean(mask)})


# -------------------------------------------------------------------------------------------------------------------- layers

def torch_encoder_layer(d, h, d_ff, pre, act):
    return torch.nn.TransformerEncoderLayer(d, h, d_ff, dropout=0.0, activation=activation(act), norm_first=pre)


def torch_decoder_layer(d, h, d_ff, pre, act):
    return torch.nn.TransformerDecoderLayer(d, h, d_ff, dropout=0.0, activation=activation(act), norm_first=pre)


def attention_layer(X, p, d, h, pre, mask):
    """A layer without a feed-forward block: PyTorch's modules for its attention and its norm, and the addition between them."""
    def attention(x):
        module = torch.nn.MultiheadAttention(d, h)
        return functional_call(module, attention_state("", part("attention", p)), (x, x, x), {"need_weights": False, "attn_mask": disallowed(mask)})[0]

    def norm(x):
        return functional_call(torch.nn.LayerNorm(d), norm_state("", part("norm1", p)), (x,))

    return X + attention(norm(X)) if pre else norm(X + attention(X))


def options(d, h, d_ff, pre, act, **more):
    return {"d": d, "h": h, "d_ff": d_ff, "placement": "Pre" if pre else "Post", "activation": act, **more}


def encoder_layer():
    for name, n, d, h, d_ff, pre, act, mask in [
        ("post-LN", 3, 4, 2, 8, False, "ReLU", None),
        ("pre-LN", 3, 4, 2, 8, True, "ReLU", None),
        ("post-LN, one token, one head", 1, 2, 1, 3, False, "ReLU", None),
        ("pre-LN, one token of width 1", 1, 1, 1, 2, True, "GELU", None),
        ("pre-LN, causal, GELU", 4, 6, 3, 7, True, "GELU", causal(4)),
        ("post-LN, padding, GELU (tanh)", 4, 4, 2, 8, False, "GELU (tanh)", padding(4, [False, False, True, True])),
    ]:
        yield case(
            name,
            lambda i, p: functional_call(torch_encoder_layer(d, h, d_ff, pre, act), encoder_layer_state("", p), (i["X"],), {"src_mask": disallowed(mask)}),
            {"X": rand(n, d)}, encoder_layer_parameters(d, h, d_ff), options(d, h, d_ff, pre, act, **({} if mask is None else {"mask": boolean(mask)})))

    for name, n, d, h, pre in [("attention alone, pre-LN, causal", 4, 6, 3, True), ("attention alone, post-LN, causal", 3, 4, 2, False)]:
        yield case(
            name, lambda i, p: attention_layer(i["X"], p, d, h, pre, causal(n)), {"X": rand(n, d)},
            {**under("attention", attention_parameters(d, h)), **under("norm1", norm_parameters(d))},
            options(d, h, 4 * d, pre, "ReLU", mask=boolean(causal(n)), hasFeedForward=False))


def decoder_layer():
    for name, n, m, d, h, d_ff, pre, act, self_mask, cross_mask in [
        ("post-LN, causal", 3, 4, 4, 2, 8, False, "ReLU", causal(3), None),
        ("pre-LN, causal", 3, 4, 4, 2, 8, True, "ReLU", causal(3), None),
        ("pre-LN, one token reads one, one head", 1, 1, 2, 1, 3, True, "ReLU", None, None),
        ("post-LN, the source is padded, GELU", 2, 5, 6, 3, 5, False, "GELU", causal(2), padding(2, [False, False, False, True, True])),
    ]:
        masks = {}
        if self_mask is not None:
            masks["selfMask"] = boolean(self_mask)
        if cross_mask is not None:
            masks["crossMask"] = boolean(cross_mask)
        yield case(
            name,
            lambda i, p: functional_call(
                torch_decoder_layer(d, h, d_ff, pre, act), decoder_layer_state("", p), (i["X"], i["M"]),
                {"tgt_mask": disallowed(self_mask), "memory_mask": disallowed(cross_mask)}),
            {"X": rand(n, d), "M": rand(m, d)}, decoder_layer_parameters(d, h, d_ff), options(d, h, d_ff, pre, act, **masks))


def run_encoder(X, p, layers, d, h, d_ff, pre, act, mask):
    module = torch.nn.TransformerEncoder(torch_encoder_layer(d, h, d_ff, pre, act), layers, torch.nn.LayerNorm(d) if pre else None)
    return functional_call(module, stack_state(p, layers, encoder_layer_state), (X,), {"mask": disallowed(mask)})


def run_decoder(X, M, p, layers, d, h, d_ff, pre, act, self_mask, cross_mask):
    module = torch.nn.TransformerDecoder(torch_decoder_layer(d, h, d_ff, pre, act), layers, torch.nn.LayerNorm(d) if pre else None)
    return functional_call(module, stack_state(p, layers, decoder_layer_state), (X, M), {"tgt_mask": disallowed(self_mask), "memory_mask": disallowed(cross_mask)})


def encoder():
    for name, n, layers, pre in [("pre-LN, two layers", 3, 2, True), ("post-LN, three layers", 2, 3, False)]:
        d, h, d_ff, act = 4, 2, 6, "ReLU"
        yield case(name, lambda i, p: run_encoder(i["X"], p, layers, d, h, d_ff, pre, act, None), {"X": rand(n, d)},
                   stack_parameters(layers, lambda: encoder_layer_parameters(d, h, d_ff), d, pre), options(d, h, d_ff, pre, act, layers=layers))


def decoder():
    for name, n, m, layers, pre in [("pre-LN, two layers", 3, 2, 2, True), ("post-LN, two layers", 2, 4, 2, False)]:
        d, h, d_ff, act = 4, 2, 6, "ReLU"
        yield case(name, lambda i, p: run_decoder(i["X"], i["M"], p, layers, d, h, d_ff, pre, act, causal(n), None), {"X": rand(n, d), "M": rand(m, d)},
                   stack_parameters(layers, lambda: decoder_layer_parameters(d, h, d_ff), d, pre), options(d, h, d_ff, pre, act, layers=layers, selfMask=boolean(causal(n))))


# -------------------------------------------------------------------------------------------------------------------- models

def language_model():
    V, longest, d, h, d_ff, layers, act = 7, 6, 4, 2, 8, 2, "GELU"
    for name, kind, ids, pre, tied in [
        ("causal, pre-LN, tied", "causal", [3, 0, 6, 3], True, True),
        ("causal, post-LN, untied", "causal", [1, 2], False, False),
        ("causal, one token", "causal", [5], True, False),
        ("masked, post-LN, tied", "masked", [3, 6, 6, 1, 0], False, True),
        ("masked, pre-LN, untied", "masked", [2, 4, 2], True, False),
    ]:
        def forward(i, p):
            n = len(ids)
            X = F.embedding(torch.tensor(ids), p["E"]) + p["P"][:n]
            Y = run_encoder(X, {k: v for k, v in p.items() if k not in ("E", "P", "W_U")}, layers, d, h, d_ff, pre, act, causal(n) if kind == "causal" else None)
            return Y @ (p["E"].T if tied else p["W_U"])

        p = {"E": rand(V, d), "P": rand(longest, d), **stack_parameters(layers, lambda: encoder_layer_parameters(d, h, d_ff), d, pre)}
        if not tied:
            p["W_U"] = rand(d, V)
        yield case(name, forward, parameters=p, settings=options(d, h, d_ff, pre, act, kind=kind, ids=ids, tied=tied, layers=layers, vocabulary=V, longest=longest))


def transformer():
    V_source, V_target, d, h, d_ff, layers, act = 6, 5, 4, 2, 8, 2, "ReLU"
    for name, source, target, is_padding, pre, tied in [
        ("post-LN, tied", [1, 5, 0, 2], [0, 3, 4], None, False, True),
        ("pre-LN, untied, padded source", [4, 4, 1, 0, 0], [2, 2], [False, False, False, True, True], True, False),
        ("pre-LN, tied, one token each", [3], [1], None, True, True),
    ]:
        def forward(i, p):
            m, n = len(source), len(target)
            masks = (None, None) if is_padding is None else (padding(m, is_padding), padding(n, is_padding))
            X = F.embedding(torch.tensor(source), p["source.E"]) * math.sqrt(d) + sinusoid(m, d)
            T = F.embedding(torch.tensor(target), p["target.E"]) * math.sqrt(d) + sinusoid(n, d)
            M = run_encoder(X, part("encoder", p), layers, d, h, d_ff, pre, act, masks[0])
            Y = run_decoder(T, M, part("decoder", p), layers, d, h, d_ff, pre, act, causal(n), masks[1])
            return Y @ (p["target.E"].T if tied else p["W_U"])

        p = {
            "source.E": rand(V_source, d), "target.E": rand(V_target, d),
            **under("encoder", stack_parameters(layers, lambda: encoder_layer_parameters(d, h, d_ff), d, pre)),
            **under("decoder", stack_parameters(layers, lambda: decoder_layer_parameters(d, h, d_ff), d, pre)),
        }
        if not tied:
            p["W_U"] = rand(d, V_target)
        more = {} if is_padding is None else {"sourceIsPadding": is_padding}
        yield case(name, forward, parameters=p, settings=options(
            d, h, d_ff, pre, act, source=source, target=target, tied=tied, layers=layers, sourceVocabulary=V_source, targetVocabulary=V_target, **more))


# --------------------------------------------------------------------------------------------------------------- safetensors

def safetensors():
    """A file in the safetensors format, and its contents as JSON beside it.

    The other way round, from-the-library.safetensors was written by the library (SafetensorsTests.cs holds its contents, and
    fails if the library would write other bytes); what PyTorch reads in it is recorded beside it.
    """
    tensors = {"γ": rand(3), "attention.W_Q": rand(2, 3), "b": rand(2).float()}
    write_safetensors(HERE / "from-pytorch.safetensors", tensors)
    (HERE / "from-pytorch.safetensors.json").write_text(json.dumps(numbers(tensors), ensure_ascii=False) + "\n", encoding="utf-8")

    ours = HERE / "from-the-library.safetensors"
    if ours.exists():
        (HERE / "from-the-library.safetensors.json").write_text(json.dumps(read_safetensors(ours), ensure_ascii=False) + "\n", encoding="utf-8")


def write_safetensors(path, tensors):
    """Writes tensors byte by byte, by the format's description alone."""
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, t in tensors.items():
        raw = b"".join(struct.pack("<f" if t.dtype == torch.float32 else "<d", v) for v in t.flatten().tolist())
        header[name] = {"dtype": "F32" if t.dtype == torch.float32 else "F64", "shape": list(t.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()          # ASCII: γ is written as an escape, as Python does
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def read_safetensors(path):
    """Reads a file of the library's into PyTorch tensors, by the format's description alone."""
    raw = path.read_bytes()
    length = struct.unpack("<Q", raw[:8])[0]
    header, data = json.loads(raw[8:8 + length].decode("utf-8")), raw[8 + length:]
    result = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        dtype = {"F64": torch.float64, "F32": torch.float32}[entry["dtype"]]
        result[name] = torch.frombuffer(bytearray(data[begin:end]), dtype=dtype).reshape(entry["shape"]).tolist()
    return result


# ------------------------------------------------------------------------------------------------------------------- lessons

def lessons():
    """What PyTorch says of the numbers that lessons follow by hand: files in data/pytorch that their cells read."""
    folder = HERE.parent.parent / "data" / "pytorch"
    folder.mkdir(exist_ok=True)

    x = torch.tensor([[2.0, 0.0, 1.0, -1.0, 3.0]], requires_grad=True)
    γ = torch.tensor([1.0, 0.5, 2.0, -1.0, 3.0], requires_grad=True)
    β = torch.tensor([0.0, 1.0, 0.0, -2.0, 0.5], requires_grad=True)
    dy = torch.tensor([[1.0, 2.0, 0.0, -1.0, 3.0]])
    y = F.layer_norm(x, (5,), γ, β, eps=1e-5)
    y.backward(dy)
    write_safetensors(folder / "layernorm.safetensors", {
        "X": x.detach(), "γ": γ.detach(), "β": β.detach(), "dY": dy,
        "Y": y.detach(), "dX": x.grad, "dγ": γ.grad, "dβ": β.grad,
    })

    # Lesson 05's three tokens, each intermediate with its gradient; and a causal pre-LN block of three tokens of width 10.
    X = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    W_Q = torch.tensor([[2.0, 1.0], [-2.0, -1.0]])
    W_K = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    W_V = torch.tensor([[4.0, 0.0], [1.0, 3.0]])
    dO = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, -1.0]])
    write_safetensors(folder / "attention.safetensors", head_with_gradients(X, W_Q, W_K, W_V, dO))

    torch.manual_seed(5)
    X, γ, β, dY = rand(3, 10), 1 + rand(10, scale=0.3), rand(10, scale=0.3), rand(3, 10)
    weights = {w: rand(10, 10, scale=0.3) for w in ["W_Q", "W_K", "W_V"]}
    leaves = {"X": X, "γ": γ, "β": β, **weights}
    for leaf in leaves.values():
        leaf.requires_grad_(True)
    N = F.layer_norm(X, (10,), γ, β, eps=1e-5)
    Y = X + attend(N @ weights["W_Q"], N @ weights["W_K"], N @ weights["W_V"], causal(3))
    Y.backward(dY)
    write_safetensors(folder / "block.safetensors", {
        **{name: leaf.detach() for name, leaf in leaves.items()}, "dY": dY, "Y": Y.detach(),
        **{f"d{name}": leaf.grad for name, leaf in leaves.items()},
    })


def head_with_gradients(X, W_Q, W_K, W_V, dO):
    """One head, written out, with PyTorch's gradient of every step."""
    steps = {"X": X, "W_Q": W_Q, "W_K": W_K, "W_V": W_V}
    for leaf in steps.values():
        leaf.requires_grad_(True)
    steps["Q"], steps["K"], steps["V"] = X @ W_Q, X @ W_K, X @ W_V
    steps["S"] = steps["Q"] @ steps["K"].T
    steps["Z"] = steps["S"] / math.sqrt(steps["Q"].shape[-1])
    steps["A"] = F.softmax(steps["Z"], -1)
    steps["O"] = steps["A"] @ steps["V"]
    for step in steps.values():
        step.retain_grad()
    steps["O"].backward(dO)
    return {**{name: t.detach() for name, t in steps.items()}, **{f"d{name}": t.grad for name, t in steps.items()}}


def multi_head_lesson():
    """Lesson 06's three tokens of width 2 in two heads, by PyTorch's own module, and autograd's gradient of everything."""
    X = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    weights = {
        "W_Q": torch.tensor([[2.0, 1.0], [-2.0, -1.0]]), "W_K": torch.tensor([[0.0, 1.0], [1.0, 0.0]]),
        "W_V": torch.tensor([[4.0, 0.0], [1.0, 3.0]]), "W_O": torch.tensor([[1.0, 2.0], [-1.0, 1.0]]),
    }
    dY = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, -1.0]])
    leaves = {"X": X, **weights}
    for leaf in leaves.values():
        leaf.requires_grad_(True)
    module = torch.nn.MultiheadAttention(2, 2, bias=False)
    Y = functional_call(module, attention_state("", weights), (X, X, X), {"need_weights": False})[0]
    Y.backward(dY)
    write_safetensors(HERE.parent.parent / "data" / "pytorch" / "multi-head.safetensors", {
        **{name: leaf.detach() for name, leaf in leaves.items()}, "dY": dY, "Y": Y.detach(),
        **{f"d{name}": leaf.grad for name, leaf in leaves.items()},
    })


def layers_lesson():
    """Lesson 10's encoder and decoder layer by PyTorch's own modules, in post-LN and pre-LN with the same weights."""
    torch.manual_seed(10)
    d, h, d_ff = 8, 2, 32
    X, M = rand(4, d), rand(5, d)
    encoder, decoder = encoder_layer_parameters(d, h, d_ff), decoder_layer_parameters(d, h, d_ff)
    tensors = {"X": X, "M": M, **under("encoder", encoder), **under("decoder", decoder)}
    for name, pre in [("post-LN", False), ("pre-LN", True)]:
        tensors[f"encoder.Y {name}"] = functional_call(torch_encoder_layer(d, h, d_ff, pre, "ReLU"), encoder_layer_state("", encoder), (X,))
        tensors[f"decoder.Y {name}"] = functional_call(
            torch_decoder_layer(d, h, d_ff, pre, "ReLU"), decoder_layer_state("", decoder), (X, M), {"tgt_mask": disallowed(causal(4))})
    write_safetensors(HERE.parent.parent / "data" / "pytorch" / "layers.safetensors", {name: t.detach() for name, t in tensors.items()})


PARTS = {
    "linear": linear, "layer-norm": layer_norm, "rms-norm": rms_norm, "softmax": softmax, "embedding": embedding, "positions": positions,
    "dropout": dropout, "feed-forward": feed_forward, "cross-entropy": cross_entropy, "attention": attention, "attention-head": attention_head,
    "multi-head-attention": multi_head_attention, "encoder-layer": encoder_layer, "decoder-layer": decoder_layer, "encoder": encoder,
    "decoder": decoder, "language-model": language_model, "transformer": transformer,
}

if __name__ == "__main__":
    for seed, (name, make) in enumerate(PARTS.items()):
        torch.manual_seed(seed)
        write(name, list(make()))
    torch.manual_seed(1000)
    safetensors()
    lessons()
    multi_head_lesson()
    layers_lesson()
