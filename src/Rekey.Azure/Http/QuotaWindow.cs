namespace Rekey.Azure.Http;

/// <summary>
/// Counts the calls in a service's throttling window. A vault returns waits in whole seconds, rounded up. If a window ends with a refusal
/// after exactly a documented quota, no other client uses that quota. From then on, the count opens each window on time and stops before
/// the refusal.
/// </summary>
/// <remarks>Not safe for several threads: <see cref="RateGate"/> locks.</remarks>
internal sealed class QuotaWindow(IReadOnlyList<int> documented, TimeSpan length)
{
    private int? _quota;
    private int _entered;
    private int _passed;
    private bool _refused;

    /// <summary>When the service's next window opens, at the latest: its window opened before it answered the first call.</summary>
    public DateTimeOffset End { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Whether a single call must open the next window.</summary>
    public bool WantsOpening(DateTimeOffset now) => _quota is not null && now >= End;

    /// <summary>Whether the service would refuse another call.</summary>
    public bool IsFull(DateTimeOffset now) => _entered >= _quota && now < End;

    public void Entered() => _entered++;

    public void Passed(DateTimeOffset now)
    {
        if (now < End)
        {
            _passed++;
            return;
        }

        _quota =
            !_refused ? _quota
            : documented.Contains(_passed) ? _passed
            : null;
        (End, _entered, _passed, _refused) = (now + length, 1, 1, false);
    }

    public void Refused() => _refused = true;
}
