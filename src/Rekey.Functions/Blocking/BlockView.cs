using Rekey.Blocking;
using Rekey.Decisions;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Blocking;

/// <summary>What the functions about blocks answer.</summary>
internal static class BlockView
{
    public static object Of(BlockEntry entry) =>
        new { entry.Id, kind = entry.Kind.ToString(), entry.Issuer, entry.Value, entry.Kid, entry.IssuedBefore, entry.ExpiresAt,
            entry.Reason, finding = entry.FindingId };

    public static IResult Asked(Decision decision) =>
        Results.Json(new { decision = decision.Id, decision.PlanHash, decision.Statement, decision.ExpiresAt },
            statusCode: StatusCodes.Status202Accepted);

    public static BadInputException Unknown(string id) =>
        new("unknown-block", $"Nothing is blocked as '{id}'.", StatusCodes.Status404NotFound);
}
