using Rekey.Rotations.Steps.Draining;
using Rekey.Trust;

namespace Rekey.Tests.Doubles.Vaults;

/// <summary>The logs of issuances and signatures: what a test says of them, or rows that arrive late.</summary>
public sealed class FakeSigningLog(TimeProvider timeProvider) : ISigningActivity
{
    /// <summary>The answer; null lets the rows speak.</summary>
    public SigningActivity? Seen { get; set; } = SigningActivity.None;

    /// <summary>Signatures, each with the time from which on it stands in the log.</summary>
    public List<(string Version, DateTimeOffset At, DateTimeOffset ArrivesAt)> Rows { get; } = [];

    public string WouldHelp => "Ask the test.";

    public Task<SigningActivity> SinceAsync(
        SigningKey key,
        IReadOnlyList<string> versions,
        DateTimeOffset since,
        CancellationToken cancellationToken
    )
    {
        Assert.True(since <= timeProvider.GetUtcNow(), "Nobody can ask about the future.");
        var used = Rows.Any(r =>
            r.At >= since && r.ArrivesAt <= timeProvider.GetUtcNow() && versions.Contains(r.Version, StringComparer.Ordinal)
        );
        return Task.FromResult(Seen ?? (used ? SigningActivity.Some : SigningActivity.None));
    }
}
