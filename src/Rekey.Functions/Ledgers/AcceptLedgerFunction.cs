using Microsoft.AspNetCore.Mvc;
using Rekey.Blocking.Publishing;
using Rekey.Compliance;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Functions.Blocking;
using Rekey.Functions.Decisions;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;
using Rekey.Ledgers;
using Rekey.Trust.Publishing;

namespace Rekey.Functions.Ledgers;

/// <summary>HTTP: asks a second approver to accept the ledger as it is.</summary>
public sealed class AcceptLedgerFunction(
    AcceptLedger accept,
    AskToAcceptForBlocklist acceptForBlocklist,
    AcceptLedgerForCheckpoints acceptForCheckpoints,
    IActorStanding standing
)
{
    [Function("AcceptLedger"), Authorize(Roles = Roles.Approver)]
    [Consumes(typeof(AcceptLedgerRequest), "application/json")]
    [ProducesResponseType<DecisionAsked>(StatusCodes.Status202Accepted)]
    [Problem(400, "bad-head", "bad-reason"), Problem(403, "no-object-id", "actor-is-leaving")]
    [Problem(422, "ledger-moved", "ledger-not-broken")]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "ledger/accept")] HttpRequest request)
    {
        var cancel = request.HttpContext.RequestAborted;
        var body = await StrictBody.ReadAsync<AcceptLedgerRequest>(request, cancel);
        if (body.Lines < 1 || body.Hash is not { Length: 64 } || !body.Hash.All(char.IsAsciiHexDigitLower))
        {
            throw new BadInputException(
                "bad-head",
                "The number or hash of the last line is missing or malformed. Send both as `GET /ledger` gives them."
            );
        }

        var caller = request.HttpContext.User.ObjectId();
        return await standing.IsDepartedAsync(caller, cancel)
            ? throw DecisionView.Refused(AnswerRefusal.ActorIsLeaving)
            : DecisionAsked.Of(await AskAsync(new(body.Lines, body.Hash), BlockReason.Checked(body.Reason), caller, cancel));
    }

    /// <summary>
    /// Asks about the trust list; about the blocklist when the ledger has what the trust list has; about checkpoints when it has what both
    /// lists have.
    /// </summary>
    private async Task<Decision> AskAsync(LedgerMark seen, string reason, string caller, CancellationToken cancellationToken) =>
        await accept.AskAsync(seen, reason, caller, cancellationToken)
        ?? await acceptForBlocklist.AskAsync(seen, reason, caller, cancellationToken)
        ?? await acceptForCheckpoints.AskAsync(seen, reason, caller, cancellationToken)
        ?? throw new CannotContinueException(
            "ledger-not-broken",
            "The ledger has what the published trust list, the published blocklist and the checkpoints have: there is nothing to accept.",
            "See GET /findings for what is wrong."
        );
}
