"""Times a training step of the same models in PyTorch's eager mode: forward, loss, backward, clipping, AdamW.

Beside python3-torch install libopenblas0-openmp, and not libopenblas0-pthread: the latter takes no notice of the number
of threads that PyTorch asks for, and at two its threads and PyTorch's fight for the cores. Without either, Debian's
PyTorch uses the reference BLAS, many times slower.

Usage: taskset -c 0 /usr/bin/python3 pytorch_step.py THREADS [seconds a case]
Prints one line a case: model, threads, median and best milliseconds of a step, and how many cores were at work
on average: processor time by wall time. Where that is more than the threads, more of them worked than were asked for.
"""
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F


class Block(nn.Module):
    def __init__(self, width, heads, context):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)
        self.register_buffer("mask", torch.triu(torch.ones(context, context, dtype=torch.bool), 1))

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = self.qkv(self.norm1(x)).split(d, dim=2)
        q, k, v = (t.view(b, n, self.heads, d // self.heads).transpose(1, 2) for t in (q, k, v))
        scores = (q @ k.transpose(-2, -1)) * (d // self.heads) ** -0.5
        weights = scores.masked_fill(self.mask[:n, :n], float("-inf")).softmax(-1)
        x = x + self.out((weights @ v).transpose(1, 2).reshape(b, n, d))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Model(nn.Module):
    def __init__(self, vocabulary, width, heads, layers, context):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.places = nn.Embedding(context, width)
        self.blocks = nn.ModuleList(Block(width, heads, context) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, vocabulary, bias=False)

    def forward(self, ids):
        x = self.tokens(ids) + self.places(torch.arange(ids.shape[1]))
        for block in self.blocks:
            x = block(x)
        return self.out(self.norm(x))


def measure(name, vocabulary, width, heads, layers, context, batch, threads, seconds):
    torch.manual_seed(1)
    torch.set_num_threads(threads)
    model = Model(vocabulary, width, heads, layers, context)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3)
    ids = torch.randint(vocabulary, (batch, context))
    targets = torch.randint(vocabulary, (batch, context))

    def step():
        optimiser.zero_grad(set_to_none=True)
        logits = model(ids)
        F.cross_entropy(logits.view(-1, vocabulary), targets.view(-1)).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()

    end = time.perf_counter() + 2
    while time.perf_counter() < end:
        step()
    times, processor_times = [], []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 10:
        start, processor_start = time.perf_counter(), time.process_time()
        step()
        times.append(1e3 * (time.perf_counter() - start))
        processor_times.append(1e3 * (time.process_time() - processor_start))
    times.sort()
    print(f"{name} threads={threads} median_ms={times[len(times) // 2]:.3f} best_ms={times[0]:.3f} cores_used={sum(processor_times) / sum(times):.3f} steps={len(times)}", flush=True)


def product_speed():
    """Tells which BLAS is underneath: Debian's reference one does less than 10 GFLOP/s, OpenBLAS ten times that and more."""
    torch.set_num_threads(1)
    a, b, best = torch.randn(512, 512), torch.randn(512, 512), 1e9
    for _ in range(30):
        start = time.perf_counter()
        a @ b
        best = min(best, time.perf_counter() - start)
    return 2e-9 * 512 ** 3 / best


if __name__ == "__main__":
    threads = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 10
    print(f"torch {torch.__version__}, whose matrix product reaches {product_speed():.0f} GFLOP/s at 512 × 512 × 512 on one thread", flush=True)
    measure("small", 65, 64, 4, 2, 32, 16, threads, seconds)
    measure("wide", 65, 256, 8, 4, 128, 8, threads, seconds)
