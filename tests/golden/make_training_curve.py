#!/usr/bin/python3
"""Records a short training run of PyTorch in float32: first weights, batches, the loss and the gradient's norm at each step.

Run with Debian's python3-torch, from anywhere:

    /usr/bin/python3 tests/golden/make_training_curve.py

It writes training-curve.json beside itself. The tests read that file only; they never run Python.
Weights have the library's names and multiply on the right: PyTorch's nn.Linear keeps their transposes.
"""

import json
import math
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(7)
torch.set_num_threads(1)

V, D, HEADS, LAYERS, CONTEXT, BATCH, STEPS = 13, 16, 2, 2, 12, 4, 20
PEAK, WARM_UP, CLIP, DECAY, BETAS, EPSILON = 3e-3, 5, 1.0, 0.1, (0.9, 0.98), 1e-8

shapes = {"E": (V, D), "P": (CONTEXT, D)}
for layer in range(LAYERS):
    stem = f"layers.{layer}."
    for role in "QKVO":
        shapes[f"{stem}attention.W_{role}"] = (D, D)
        shapes[f"{stem}attention.b_{role}"] = (D,)
    shapes.update({
        f"{stem}feedForward.W_1": (D, 4 * D), f"{stem}feedForward.b_1": (4 * D,),
        f"{stem}feedForward.W_2": (4 * D, D), f"{stem}feedForward.b_2": (D,),
        f"{stem}norm1.γ": (D,), f"{stem}norm1.β": (D,), f"{stem}norm2.γ": (D,), f"{stem}norm2.β": (D,),
    })
shapes.update({"norm.γ": (D,), "norm.β": (D,), "W_U": (D, V)})
weights = {
    name: (torch.ones(shape) if name.endswith("γ") else 0.2 * torch.randn(shape)).requires_grad_(True)
    for name, shape in shapes.items()
}
initial = {name: weight.detach().flatten().tolist() for name, weight in weights.items()}


def heads(x):
    b, n, d = x.shape
    return x.view(b, n, HEADS, d // HEADS).transpose(1, 2)


def forward(ids):
    w = weights
    b, n = ids.shape
    x = w["E"][ids] + w["P"][:n]
    future = torch.triu(torch.ones(n, n, dtype=torch.bool), 1)
    for layer in range(LAYERS):
        s = f"layers.{layer}."
        z = F.layer_norm(x, (D,), w[s + "norm1.γ"], w[s + "norm1.β"])
        q, k, v = (heads(z @ w[f"{s}attention.W_{r}"] + w[f"{s}attention.b_{r}"]) for r in "QKV")
        a = ((q @ k.transpose(-2, -1)) / math.sqrt(D // HEADS)).masked_fill(future, float("-inf")).softmax(-1)
        o = (a @ v).transpose(1, 2).reshape(b, n, D)
        x = x + o @ w[s + "attention.W_O"] + w[s + "attention.b_O"]
        z = F.layer_norm(x, (D,), w[s + "norm2.γ"], w[s + "norm2.β"])
        x = x + F.gelu(z @ w[s + "feedForward.W_1"] + w[s + "feedForward.b_1"]) @ w[s + "feedForward.W_2"] + w[s + "feedForward.b_2"]
    return F.layer_norm(x, (D,), w["norm.γ"], w["norm.β"]) @ w["W_U"]


def rate(step):
    if step < WARM_UP:
        return PEAK * step / WARM_UP
    return PEAK * 0.5 * (1 + math.cos(math.pi * (step - WARM_UP) / (STEPS - WARM_UP)))


def decays(name):
    return name in ("E", "P", "W_U") or ".W_" in name


optimiser = torch.optim.AdamW([
    {"params": [w for name, w in weights.items() if decays(name)], "weight_decay": DECAY},
    {"params": [w for name, w in weights.items() if not decays(name)], "weight_decay": 0.0},
], betas=BETAS, eps=EPSILON)

batches, losses, norms = [], [], []
for step in range(1, STEPS + 1):
    # Each sequence counts upwards by one or two from somewhere: a rule a model can begin to learn in 20 steps.
    start, stride = torch.randint(V, (BATCH, 1)), torch.randint(1, 3, (BATCH, 1))
    tokens = (start + stride * torch.arange(CONTEXT + 1)) % V
    ids, targets = tokens[:, :-1], tokens[:, 1:].clone()
    targets[0, -3:] = -100
    for group in optimiser.param_groups:
        group["lr"] = rate(step)
    optimiser.zero_grad()
    loss = F.cross_entropy(forward(ids).reshape(-1, V), targets.reshape(-1), label_smoothing=0.05)
    loss.backward()
    norms.append(float(torch.nn.utils.clip_grad_norm_(weights.values(), CLIP)))
    optimiser.step()
    losses.append(float(loss))
    batches.append({"inputs": ids.flatten().tolist(), "targets": targets.flatten().tolist()})

record = {
    "torch": torch.__version__,
    "vocabulary": V, "width": D, "heads": HEADS, "layers": LAYERS, "context": CONTEXT, "sequences": BATCH,
    "peak": PEAK, "warmUp": WARM_UP, "clip": CLIP, "decay": DECAY, "beta1": BETAS[0], "beta2": BETAS[1], "epsilon": EPSILON,
    "smoothing": 0.05, "weights": initial, "batches": batches, "losses": losses, "norms": norms,
}
path = pathlib.Path(__file__).parent / "training-curve.json"
path.write_text(json.dumps(record, ensure_ascii=False) + "\n", encoding="utf-8")
print(losses)
