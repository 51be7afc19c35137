using Microsoft.AspNetCore.Mvc;
using Rekey.Decisions;
using Rekey.Functions.Blocking;
using Rekey.Functions.Decisions;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;
using Rekey.Rotations;

namespace Rekey.Functions.Ledgers;

/// <summary>An approver's wish to accept the ledger although the published trust list has what it lacks.</summary>
/// <param name="Lines">The number of its last line, as <c>GET /ledger</c> gave it.</param>
/// <param name="Hash">The hash of that line.</param>
/// <param name="Reason">For the other approver.</param>
public sealed record AcceptLedgerRequest(long Lines, string Hash, string Reason);

/// <summary>HTTP: asks a second approver whether the ledger shall be accepted as it stands.</summary>
public sealed class AcceptLedgerFunction(AcceptLedger accept, IActorStanding standing)
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
            throw new BadInputException("bad-head", "Name the number of the last line and its hash, as GET /ledger gives them.");
        }

        var caller = request.HttpContext.User.ObjectId();
        return await standing.IsDepartedAsync(caller, cancel)
            ? throw DecisionView.Refused(AnswerRefusal.ActorIsLeaving)
            : DecisionAsked.Of(await accept.AskAsync(new(body.Lines, body.Hash), BlockReason.Checked(body.Reason), caller, cancel));
    }
}
