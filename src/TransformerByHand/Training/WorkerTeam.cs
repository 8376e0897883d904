namespace TransformerByHand.Training;

/// <summary>Work that is cut into items which can be done in any order, by any worker.</summary>
internal interface IParallelWork
{
    /// <summary>Does one item.</summary>
    /// <param name="item">Which one.</param>
    /// <param name="worker">Who does it: no two workers with the same number work at the same time.</param>
    void Do(int item, int worker);
}

/// <summary>Some threads that share the items of one piece of work after the other.</summary>
/// <remarks>
/// Each takes the next item when it has done its last, so that a slow core gets fewer. That is safe for results because an
/// item writes only what no other item writes: no sum is ever split over items. Nothing is allocated by a round, and
/// between rounds the threads spin for a moment before they sleep, because the next round usually comes within
/// microseconds.
/// </remarks>
internal sealed class WorkerTeam
{
    private static readonly Dictionary<int, WorkerTeam> Teams = [];

    private readonly Lock oneAtATime = new();
    private readonly object gate = new();
    private readonly int workers;
    private IParallelWork? work;
    private Exception? failure;
    private int items;
    private int next;
    private int busy;
    private int round;

    private WorkerTeam(int workers)
    {
        this.workers = workers;
        for (int worker = 1; worker < workers; worker++)
        {
            int number = worker;
            new Thread(() => Serve(number)) { IsBackground = true, Name = $"training worker {number}" }.Start();
        }
    }

    /// <summary>The team of that size; models of the same size of team share it.</summary>
    public static WorkerTeam Of(int workers)
    {
        lock (Teams)
        {
            if (!Teams.TryGetValue(workers, out var team))
                Teams[workers] = team = new WorkerTeam(workers);
            return team;
        }
    }

    /// <summary>Does all items, the caller helping, and returns when the last is done.</summary>
    public void Run(IParallelWork work, int items)
    {
        // The caller alone needs nothing of the team's: several models of one thread each can train beside each other.
        if (workers == 1)
        {
            for (int item = 0; item < items; item++)
                work.Do(item, 0);
            return;
        }
        // A host that stops a cell may abort the caller; in a finally block the abort waits for the round's end, a few milliseconds away.
        // Without it the others would still be at their items when the next round begins.
        try { }
        finally
        {
            Share(work, items);
        }
    }

    private void Share(IParallelWork work, int items)
    {
        lock (oneAtATime)
        {
            if (items < 2)
            {
                if (items == 1) work.Do(0, 0);
                return;
            }

            (this.work, this.items, next, failure) = (work, items, 0, null);
            Volatile.Write(ref busy, workers - 1);
            lock (gate)
            {
                round++;
                Monitor.PulseAll(gate);
            }
            TakeItems(0);
            var wait = new SpinWait();
            while (Volatile.Read(ref busy) > 0)
                wait.SpinOnce(sleep1Threshold: -1);
            this.work = null;
            if (failure is { } thrown) throw new InvalidOperationException($"A training worker failed: {thrown.Message}", thrown);
        }
    }

    private void Serve(int worker)
    {
        int done = 0;
        while (true)
        {
            for (int spin = 0; spin < 2000 && Volatile.Read(ref round) == done; spin++)
                Thread.SpinWait(10);
            lock (gate)
            {
                while (round == done)
                    Monitor.Wait(gate);
                done = round;
            }
            TakeItems(worker);
            Interlocked.Decrement(ref busy);
        }
    }

    private void TakeItems(int worker)
    {
        try
        {
            for (int item; (item = Interlocked.Increment(ref next) - 1) < items;)
                work!.Do(item, worker);
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref failure, e, null);
            Volatile.Write(ref next, items);
        }
    }
}
