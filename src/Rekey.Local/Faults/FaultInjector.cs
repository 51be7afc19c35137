namespace Rekey.Local.Faults;

/// <summary>
/// Injects faults. Each fault names an operation (such as <c>KeyRotate</c>; null for any) and, if wanted, a target (a key's name or a
/// user's id), and strikes the next <c>times</c> calls that match, in the order in which the faults were added.
/// </summary>
public sealed class FaultInjector
{
    private readonly Lock _gate = new();
    private readonly List<Fault> _faults = [];

    /// <summary>Answers the next calls with this status instead of doing their work.</summary>
    /// <param name="operation">Operation name, or null for any.</param>
    /// <param name="status">HTTP status of the answer.</param>
    /// <param name="code">Error code in the body; null takes the service's own for that status.</param>
    /// <param name="innerCode">Inner error code in the body, when the service has such.</param>
    /// <param name="times">How many calls fail.</param>
    /// <param name="target">Key name or user id; null for any.</param>
    /// <param name="retryAfter">Sent as a Retry-After header in whole seconds when given.</param>
    public void Fail(
        string? operation,
        int status,
        string? code = null,
        string? innerCode = null,
        int times = 1,
        string? target = null,
        TimeSpan? retryAfter = null
    ) =>
        Add(new Fault(operation, target, FaultMoment.Before, times) { Failure = new InjectedFailure(status, code, innerCode, retryAfter) });

    /// <summary>Breaks the connection before any work.</summary>
    public void DropBefore(string? operation, int times = 1, string? target = null) =>
        Add(new Fault(operation, target, FaultMoment.Before, times) { Drop = true });

    /// <summary>Breaks the connection after the work, so that the caller does not know whether it was done.</summary>
    public void DropAfter(string? operation, int times = 1, string? target = null) =>
        Add(new Fault(operation, target, FaultMoment.After, times) { Drop = true });

    /// <summary>Holds the next call before its work until released.</summary>
    public Hold HoldBefore(string? operation, string? target = null) => AddHold(operation, target, FaultMoment.Before);

    /// <summary>Holds the answer of the next call after its work until released.</summary>
    public Hold HoldAfter(string? operation, string? target = null) => AddHold(operation, target, FaultMoment.After);

    /// <summary>Forgets every fault and releases every call that is held.</summary>
    public void Clear()
    {
        List<Fault> forgotten;
        lock (_gate)
        {
            forgotten = [.. _faults];
            _faults.Clear();
        }

        forgotten.ForEach(fault => fault.Hold?.Release());
    }

    /// <summary>Applies the faults of this moment. True when the connection must break without an answer.</summary>
    /// <exception cref="InjectedFailureException">The call gets an error answer.</exception>
    internal async Task<bool> StrikeAsync(FaultMoment moment, string operation, string? target, CancellationToken cancellationToken)
    {
        var fault = Take(moment, operation, target);
        if (fault is null)
        {
            return false;
        }

        if (fault.Hold is not null)
        {
            await fault.Hold.WaitAsync(cancellationToken);
        }

        if (fault.Failure is not null)
        {
            throw new InjectedFailureException(fault.Failure);
        }

        return fault.Drop;
    }

    private Hold AddHold(string? operation, string? target, FaultMoment moment)
    {
        var hold = new Hold();
        Add(new Fault(operation, target, moment, int.MaxValue) { Hold = hold });
        return hold;
    }

    private void Add(Fault fault)
    {
        lock (_gate)
        {
            _faults.Add(fault);
        }
    }

    private Fault? Take(FaultMoment moment, string operation, string? target)
    {
        lock (_gate)
        {
            var fault = _faults.Find(f => f.Matches(moment, operation, target));
            if (fault is not null && fault.Hold is null && --fault.Left <= 0)
            {
                _faults.Remove(fault);
            }

            return fault;
        }
    }

    private sealed class Fault(string? operation, string? target, FaultMoment moment, int times)
    {
        public int Left { get; set; } = times;

        public bool Drop { get; init; }

        public InjectedFailure? Failure { get; init; }

        public Hold? Hold { get; init; }

        public bool Matches(FaultMoment at, string called, string? on) =>
            at == moment
            && Hold?.IsTaken != true
            && (operation is null || operation.Equals(called, StringComparison.OrdinalIgnoreCase))
            && (target is null || target.Equals(on, StringComparison.OrdinalIgnoreCase));
    }
}
