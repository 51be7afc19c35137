using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Trust;
using Rekey.Trust.History;

namespace Rekey.Rotations.Planning;

/// <summary>Rotates old keys gracefully, so that rotation is routine.</summary>
public sealed class RotateByAge(
    TrustLedger trustLedger,
    IRecords<Rotation> rotations,
    DecisionLedger decisions,
    GovernedKeys governedKeys,
    PlanRotation plan,
    ReadBrake readBrake,
    RotationOptions options,
    TimeProvider timeProvider
)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (options.MaxKeyAge is not { } age)
        {
            return;
        }

        var now = timeProvider.GetUtcNow();
        var history = await trustLedger.ReadAsync(cancellationToken);
        var failures = new Failures();
        foreach (var bound in governedKeys.Keys)
        {
            await failures.TryAsync(
                async () =>
                {
                    if (
                        history.CurrentOf(bound.Key.Id, now) is { } current
                        && await OrderAsync(bound.Key, current, age, now, cancellationToken) is { } order
                    )
                    {
                        var (mode, _) = RotationBrake.Apply(
                            options.Mode,
                            await readBrake.ReadAsync([bound], order.Cause, cancellationToken),
                            options
                        );
                        await plan.PlanAsync(order, mode, cancellationToken);
                    }
                },
                whom: bound.Key.VaultUri.Authority
            );
        }

        failures.Throw();
    }

    /// <summary>The order, when it is due: the version is old, no rotation runs, and the last no is long ago.</summary>
    private async Task<RotationOrder?> OrderAsync(
        SigningKey key,
        VersionRecord current,
        TimeSpan age,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        // 1. A version that Rekey made is as old as its ledger line; for a baseline version the line has the vault's time.
        var created = current.IsApproved ? current.CurrentFrom ?? current.TrustedFrom : current.TrustedFrom;
        if (created + age > now)
        {
            return null;
        }

        // 2. Each asking has its own cause, so that a repeated one finds itself. It is repeated while its question cannot be read.
        var rotation = (await rotations.FindAsync(Rotation.Live, key.Row, cancellationToken))?.Value;
        var asked = AskedSoFar(rotation, current.Version);
        if (rotation?.IsActive == true)
        {
            var cause = CauseOf(current.Version, asked);
            return rotation.Knows(cause) && !await plan.KnowsAsync(key, cause, cancellationToken) ? Order(asked) : null;
        }

        // 3. Check for an earlier no.
        if (
            asked > 0
            && await decisions.FindAsync(PlanRotation.DecisionIdOf(Order(asked - 1)), cancellationToken) is { } last
            && (last.AnsweredAt ?? last.ExpiresAt) + options.AskAgainAfter > now
        )
        {
            return null;
        }

        return Order(asked);

        RotationOrder Order(int n) =>
            new(
                key,
                CauseOf(current.Version, n),
                Urgency.Graceful,
                created + age,
                $"{key.Id} signs with a version of {created:yyyy-MM-dd}, older than {age.TotalDays:0} days.",
                [],
                OnExpiry.Lapse
            );
    }

    private static string CauseOf(string version, int n) => RotationCause.Of(RotationCause.Age, n == 0 ? version : $"{version}/{n}");

    /// <summary>The number of the last asking that was answered or lapsed, plus one.</summary>
    private static int AskedSoFar(Rotation? rotation, string version) =>
        (rotation?.PastCauses ?? [])
            .Where(c => c.StartsWith(CauseOf(version, 0), StringComparison.Ordinal))
            .Select(c => int.TryParse(c[CauseOf(version, 0).Length..].TrimStart('/'), out var n) ? n + 1 : 1)
            .DefaultIfEmpty(0)
            .Max();
}
