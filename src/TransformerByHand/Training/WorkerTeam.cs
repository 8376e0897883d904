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
    private int round;
    // The round that each worker has finished last. The caller, worker 0, has no place in it.
    private readonly int[] done;

    private WorkerTeam(int workers)
    {
        this.workers = workers;
        done = new int[workers];
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
        lock (oneAtATime)
        {
            // A caller whose thread was interrupted or aborted in the middle of a round left the others at their items.
            AwaitOthers();
            if (items < 2)
            {
                if (items == 1) work.Do(0, 0);
                return;
            }

            (this.work, this.items, next, failure) = (work, items, 0, null);
            lock (gate)
            {
                // Woken first: a caller that is ended between the two has begun no round.
                Monitor.PulseAll(gate);
                round++;
            }
            TakeItems(0);
            AwaitOthers();
            this.work = null;
            if (failure is { } thrown) throw new InvalidOperationException($"A training worker failed: {thrown.Message}", thrown);
        }
    }

    private void AwaitOthers()
    {
        var wait = new SpinWait();
        for (int worker = 1; worker < workers; worker++)
        {
            while (Volatile.Read(ref done[worker]) != round)
                wait.SpinOnce(sleep1Threshold: -1);
        }
    }

    private void Serve(int worker)
    {
        int current = 0;
        while (true)
        {
            for (int spin = 0; spin < 2000 && Volatile.Read(ref round) == current; spin++)
                Thread.SpinWait(10);
            lock (gate)
            {
                while (round == current)
                    Monitor.Wait(gate);
                current = round;
            }
            TakeItems(worker);
            Volatile.Write(ref done[worker], current);
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
