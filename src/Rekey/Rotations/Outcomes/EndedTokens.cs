using System.Globalization;
using Rekey.Findings;
using Rekey.Rotations.Tokens;
using Rekey.Trust;
using Rekey.Trust.History;

namespace Rekey.Rotations.Outcomes;

/// <summary>
/// Reports rotations that end live tokens, so that people know why customers must sign in again. A graceful rotation that waited for the
/// last token ends none.
/// </summary>
public sealed class EndedTokens(
    RotationLedger rotations,
    TokensOfKeys tokens,
    IFindings findings,
    TrustOptions trust,
    TimeProvider timeProvider
)
{
    /// <summary>Reports a rotation after trust in the old versions has ended.</summary>
    /// <param name="history">Read after that.</param>
    public async Task ReportAsync(Rotation rotation, TrustHistory history, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var ended = history
            .VersionsOf(rotation.Key.Id)
            .Where(v => v.Version != rotation.NewVersion && v.TrustEndedAt >= rotation.StartedAt)
            .Select(v => v.Version)
            .ToList();
        var isExpired = rotation.SigningStoppedAt is { } stopped && rotation.TrustEndingAt >= RotationPolicy.TrustMayEnd(stopped, trust);
        if (ended.Count > 0 && !isExpired)
        {
            var counted = await tokens.CountAsync(rotation.Key.Id, ended, cancellationToken);
            await findings.RaiseAsync(RotationFindings.TokensEnded(rotation, ended, counted, now), cancellationToken);
        }
    }

    /// <summary>Runs on the timer: closes the findings about rotations that every verifier has followed.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        var open = await findings.ReadOpenAsync(FindingKinds.TokensEnded, cancellationToken);
        if (open.Count == 0)
        {
            return;
        }

        var recorded = await rotations.ReadAsync(cancellationToken);
        foreach (var finding in open)
        {
            if (
                finding.About.Split('#') is [var key, var number]
                && recorded.Find(key, int.Parse(number, CultureInfo.InvariantCulture)) is { WorthlessAt: { } worthless }
                && worthless <= timeProvider.GetUtcNow()
            )
            {
                await findings.CloseAsync(
                    finding.Id,
                    $"The rotation is verified, and no verifier has used the old versions since {worthless:u}.",
                    cancellationToken
                );
            }
        }
    }
}
