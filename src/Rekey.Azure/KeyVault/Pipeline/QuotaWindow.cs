namespace Rekey.Azure.KeyVault.Pipeline;

/// <summary>
/// Counts what passes in one of the ten-second windows in which a vault counts. A vault names its waits in whole seconds, rounded up. Once
/// a window has ended with a refusal after exactly a documented quota, nobody else draws on it: from then on the windows are kept by count,
/// each opened on time and none of them filled to the refusal.
/// </summary>
/// <remarks>Not safe for several threads: <see cref="VaultGate"/> locks.</remarks>
internal sealed class QuotaWindow
{
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(10);

    /// <summary>Creates in a window, HSM and software ("Azure Key Vault service limits").</summary>
    private static readonly int[] Documented = [10, 20];

    private int? _quota;
    private int _entered;
    private int _passed;
    private bool _refused;

    /// <summary>When the vault counts anew, as far as is known: it has opened its window before it answered the first call.</summary>
    public DateTimeOffset End { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Whether one must go ahead alone, to open the next window.</summary>
    public bool WantsOpening(DateTimeOffset now) => _quota is not null && now >= End;

    /// <summary>Whether another call would be refused.</summary>
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
            : Documented.Contains(_passed) ? _passed
            : null;
        (End, _entered, _passed, _refused) = (now + Length, 1, 1, false);
    }

    public void Refused() => _refused = true;
}
