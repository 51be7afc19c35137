using Rekey.Blocking.Publishing;
using Rekey.Blocking.Record;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Findings;

namespace Rekey.Blocking;

/// <summary>What can be wrong with the blocklist itself.</summary>
public static class BlockFindings
{
    /// <summary>The list's document is missing or is not what the ledger says.</summary>
    public static Finding Altered(BlockFact named, bool restored, DateTimeOffset now) =>
        new(
            FindingKinds.BlocklistAltered,
            named.Sha256,
            Severity.Critical,
            "The document of the blocklist was altered or deleted"
                + (restored ? "; it was restored from the published list." : ", and no published list is the same."),
            restored
                ? "Find out who can write to the evidence account."
                : $"Find out who can write to the evidence account, and restore the blob {BlockDocuments.FileOf(named)}: deleted "
                    + "ones are kept for 30 days. Until then the published list is served as it is and takes no change.",
            Facts.Of(("number", $"{named.Number}"), ("sha256", named.Sha256), ("restored", restored ? "yes" : "no")),
            now,
            now
        );

    internal static Finding PlanLost(Decision decision, DateTimeOffset now) =>
        new(
            FindingKinds.BlockPlanLost,
            decision.Id,
            Severity.Critical,
            $"The decision about {decision.About} was answered with yes, and the file with what was approved is gone or "
                + "altered: nothing was changed.",
            "Propose it again. Find out who can write to the evidence account.",
            Facts.Of(("decision", decision.Id), ("kind", decision.Kind)),
            now,
            now
        );

    /// <summary>The published list cannot be used: it bears no signature of ours, or has gone back.</summary>
    public static Finding Refused(string environment, string why, DateTimeOffset now) =>
        new(
            FindingKinds.BlocklistDocumentRefused,
            environment,
            Severity.Critical,
            "The published blocklist is refused: somebody may have replaced it.",
            "See who can write to the container of published documents. Rekey blocks what its ledger names meanwhile, and "
                + "publishes a good list "
                + "by itself within a minute.",
            Facts.Of(("reason", why)),
            now,
            now
        );
}
