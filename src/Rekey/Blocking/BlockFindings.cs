using Rekey.Blocking.Publishing;
using Rekey.Blocking.Record;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Findings;

namespace Rekey.Blocking;

/// <summary>Builds the findings about the blocklist itself.</summary>
public static class BlockFindings
{
    /// <summary>The blocklist's document is missing or differs from the ledger.</summary>
    public static Finding Altered(BlockFact named, bool restored, DateTimeOffset now) =>
        new(
            FindingKinds.BlocklistAltered,
            named.Sha256,
            Severity.Critical,
            "The document of the blocklist was altered or deleted"
                + (restored ? "; Rekey restored it from the published list." : ", and no published list has the same content."),
            restored
                ? "Find out who can write to the evidence account."
                : $"Find out who can write to the evidence account, and restore the blob {BlockDocuments.FileOf(named)}: deleted "
                    + "blobs are kept for 30 days. Until then Rekey serves the published list as it is and takes no change.",
            Facts.Of(("number", $"{named.Number}"), ("sha256", named.Sha256), ("restored", restored ? "yes" : "no")),
            now,
            now
        );

    internal static Finding PlanLost(Decision decision, DateTimeOffset now) =>
        new(
            FindingKinds.BlockPlanLost,
            decision.Id,
            Severity.Critical,
            $"The decision about {decision.About} was answered with yes, but the file with the approved change is gone or "
                + "altered: nothing was changed.",
            "Propose the change again. Find out who can write to the evidence account.",
            Facts.Of(("decision", decision.Id), ("kind", decision.Kind)),
            now,
            now
        );

    /// <summary>The published blocklist is refused: it lacks Rekey's signature, or is older than one published before.</summary>
    public static Finding Refused(string environment, string why, DateTimeOffset now) =>
        new(
            FindingKinds.BlocklistDocumentRefused,
            environment,
            Severity.Critical,
            "Rekey refuses the published blocklist: it may have been replaced.",
            "Check who can write to the container of published documents. Meanwhile Rekey blocks what its ledger names. "
                + "It publishes a good list by itself within a minute.",
            Facts.Of(("reason", why)),
            now,
            now
        );
}
