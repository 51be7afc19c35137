namespace Rekey.Departures.CuttingOff;

/// <summary>What Rekey did to end the access of a person who has left, step by step. A step without a time is not done.</summary>
/// <param name="BegunAt">When it was decided; before that nothing was done.</param>
/// <param name="DecisionId">The decision that allowed it; null when the mode was <c>Enforce</c>.</param>
public sealed record CutOff(DateTimeOffset BegunAt, string? DecisionId)
{
    /// <summary>Host names of the vaults with keys that the person exposes.</summary>
    public IReadOnlyList<string> Vaults { get; init; } = [];

    public DateTimeOffset? SessionsRevokedAt { get; init; }

    /// <summary>Why the sign-in sessions could not be revoked, as a stable code; null when they were, or it was not tried.</summary>
    public string? SessionsRefused { get; init; }

    /// <summary>When the vaults were swept for the person's grants. The ledger has each removal.</summary>
    public DateTimeOffset? GrantsSweptAt { get; init; }

    /// <summary>When people were asked to replace the credentials that the person added to applications.</summary>
    public DateTimeOffset? CredentialsAskedAt { get; init; }

    /// <summary>How often a step failed.</summary>
    public int Tries { get; init; }

    /// <summary>When to retry what failed; null when nothing did.</summary>
    public DateTimeOffset? NextTryAt { get; init; }

    /// <summary>When every step was done, or Rekey gave up.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whether it ended because the account was enabled again.</summary>
    public bool IsBack { get; init; }
}
