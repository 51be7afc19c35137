using Rekey.Local.KeyVault.Keys;

namespace Rekey.Local.KeyVault.Server;

/// <summary>
/// The service limits of one vault: so many calls in 10 seconds, by kind of key. Each call uses up 1/limit of the window, so that half of
/// the RSA 2048 quota leaves half of the RSA 4096 quota. Software and hardware keys, and creating and everything else, have windows of
/// their own. A refused call uses up nothing.
/// </summary>
/// <remarks>A window opens with the first call after the last one closed; how the service cuts its windows is not published.</remarks>
internal sealed class VaultServiceLimits(TimeProvider timeProvider, bool sendRetryAfter)
{
    private const double Rounding = 1e-9;
    private static readonly TimeSpan WindowLength = TimeSpan.FromSeconds(10);
    private readonly Lock _gate = new();
    private readonly Dictionary<(bool Hsm, bool Create), Window> _windows = [];
    private int _rejected;

    public bool Enabled { get; set; }

    public int Rejected => Volatile.Read(ref _rejected);

    /// <summary>Counts a call. Rotating and importing count as creating.</summary>
    /// <exception cref="VaultException">429: the window is used up.</exception>
    public void Charge(KeyShape shape, bool create)
    {
        if (!Enabled)
        {
            return;
        }

        lock (_gate)
        {
            var now = timeProvider.GetUtcNow();
            var slot = (shape.Hsm, create);
            var window = _windows.GetValueOrDefault(slot);
            if (window is null || now >= window.Opened + WindowLength)
            {
                window = new Window(now, 0);
            }

            var used = window.Used + (1.0 / Limit(shape, create));
            if (used > 1 + Rounding)
            {
                Interlocked.Increment(ref _rejected);
                throw new VaultException(
                    429,
                    "Throttled",
                    "Request was not processed because too many requests were received. Reason: VaultRequestTypeLimitReached"
                )
                {
                    RetryAfter = sendRetryAfter ? window.Opened + WindowLength - now : null,
                };
            }

            _windows[slot] = window with { Used = used };
        }
    }

    private static int Limit(KeyShape shape, bool create) =>
        (shape.Hsm, create, shape.Size) switch
        {
            (true, true, _) => 10,
            (false, true, _) => 20,
            (true, false, 3072) => 500,
            (true, false, 4096) => 250,
            (true, false, _) => 2000,
            (false, false, 3072) => 1000,
            (false, false, 4096) => 500,
            (false, false, _) => 4000,
        };

    private sealed record Window(DateTimeOffset Opened, double Used);
}
