using Rekey.Departures.CuttingOff;

namespace Rekey.Functions.Departures.Views;

/// <summary>What Rekey did to end a person's access. A step without a time is not done.</summary>
/// <param name="BegunAt">When it was decided.</param>
/// <param name="Decision">The decision that allowed it; null when the mode was <c>Enforce</c>.</param>
/// <param name="SessionsRevokedAt">When the sign-in sessions were revoked.</param>
/// <param name="SessionsRefused">Why they could not be revoked, as a stable code; null when they were.</param>
/// <param name="GrantsSweptAt">When the vaults were swept for the person's grants; the ledger has each removal.</param>
/// <param name="CredentialsAskedAt">When people were asked to replace credentials that the person added to applications.</param>
/// <param name="EndedAt">When every step was done, or Rekey gave up.</param>
/// <param name="Back">Whether it ended because the account was enabled again.</param>
public sealed record CutOffView(
    DateTimeOffset BegunAt,
    string? Decision,
    DateTimeOffset? SessionsRevokedAt,
    string? SessionsRefused,
    DateTimeOffset? GrantsSweptAt,
    DateTimeOffset? CredentialsAskedAt,
    DateTimeOffset? EndedAt,
    bool Back
)
{
    public static CutOffView? Of(CutOff? cutOff) =>
        cutOff is null
            ? null
            : new(
                cutOff.BegunAt,
                cutOff.DecisionId,
                cutOff.SessionsRevokedAt,
                cutOff.SessionsRefused,
                cutOff.GrantsSweptAt,
                cutOff.CredentialsAskedAt,
                cutOff.EndedAt,
                cutOff.IsBack
            );
}
