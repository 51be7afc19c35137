using Rekey.Findings;

namespace Rekey.Checks;

/// <summary>What the app sees of its own deployment.</summary>
public sealed record AppFacts
{
    public required DateTimeOffset Now { get; init; }

    /// <summary>The time by the clock of Entra.</summary>
    public required Known<DateTimeOffset> EntraTime { get; init; }

    public required Known<OwnIdentity> Identity { get; init; }

    /// <summary>The Graph permissions that this deployment needs.</summary>
    public required IReadOnlyList<string> NeededPermissions { get; init; }

    public required Known<FeedFacts> Feed { get; init; }

    /// <summary>For each vault with governed keys: the number of keys that were read there.</summary>
    public required IReadOnlyDictionary<string, Known<int>> Vaults { get; init; }

    /// <summary>Whether the document key can be read.</summary>
    public required Known<string> DocumentKey { get; init; }

    /// <summary>Null when the settings name no checkpoint key.</summary>
    public required CheckpointFacts? Checkpoint { get; init; }

    /// <summary>The number of lines of the ledger.</summary>
    public required Known<long> LedgerLines { get; init; }

    /// <summary>When the access to vaults was last read; null if never, or if no vault is declared.</summary>
    public required Known<DateTimeOffset?> AccessSweptAt { get; init; }

    /// <summary>Whether the settings declare vaults.</summary>
    public required bool DeclaresVaults { get; init; }

    /// <summary>When token logs were last swept; null if never.</summary>
    public required Known<DateTimeOffset?> LogsSweptAt { get; init; }

    /// <summary>Whether the settings name token logs.</summary>
    public required bool HasLogs { get; init; }

    /// <summary>Whether the trust list and the blocklist can be served; null failure when they can.</summary>
    public required Known<bool> Published { get; init; }

    /// <summary>When the oldest revocation was made that no published list has; null when there is none.</summary>
    public required Known<DateTimeOffset?> UnpublishedSince { get; init; }

    /// <summary>By whom or what Rekey is stopped; empty when it works.</summary>
    public required Known<IReadOnlyList<string>> StoppedBy { get; init; }

    public required Known<IReadOnlyList<Finding>> OpenFindings { get; init; }
}
