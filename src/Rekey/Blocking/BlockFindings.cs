using Rekey.Decisions;
using Rekey.Findings;

namespace Rekey.Blocking;

/// <summary>What can be wrong with the blocklist itself.</summary>
public static class BlockFindings
{
    /// <summary>A stored piece is missing or is not what the ledger says.</summary>
    public static Finding RowAltered(string hash, bool restored, DateTimeOffset now) => new(
        FindingKinds.BlocklistAltered, hash, Severity.Critical,
        restored ? "A stored piece of the blocklist was altered or deleted; it was restored from the signed document." : "A stored piece of the blocklist was altered or deleted, and nothing signed holds it any more.",
        restored ? "Find out who can write to the state account." : "Find out who can write to the state account, and restore the table blockpieces. Until then the published list is served as it is and takes no change.",
        Facts.Of(("sha256", hash), ("restored", restored ? "yes" : "no")), now, now);

    internal static Finding PlanLost(Decision decision, DateTimeOffset now) => new(
        FindingKinds.BlockPlanLost, decision.Id, Severity.Critical, $"The decision about {decision.About} was answered with yes, and the row with what was approved is gone or altered: nothing was changed.",
        "Propose it again. Find out who can write to the state account.", Facts.Of(("decision", decision.Id), ("kind", decision.Kind)), now, now);

    /// <summary>The published list cannot be used: it bears no signature of ours, leaves something out, or has gone back.</summary>
    public static Finding Refused(string environment, string why, DateTimeOffset now) => new(
        FindingKinds.BlocklistDocumentRefused, environment, Severity.Critical, "The published blocklist is refused: somebody may have replaced it.",
        "See who can write to the container of published documents. Rekey blocks what its ledger names meanwhile, and publishes a good list "
        + "by itself within a minute.",
        Facts.Of(("reason", why)), now, now);

    internal static CannotContinueException Refused(string why) => new(
        "blocklist-refused", $"The blocklist is refused: {why}.", "See who can write to the state account. Rekey publishes the list of its ledger again by itself.");
}
