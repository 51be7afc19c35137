using Microsoft.AspNetCore.Mvc;
using Rekey.Blocking;
using Rekey.Blocking.Proposals;
using Rekey.Functions.Blocking.Views;
using Rekey.Functions.Decisions;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Blocking;

/// <summary>HTTP: proposes a block, which an approver decides.</summary>
public sealed class ProposeBlockFunction(ProposeBlock propose)
{
    [Function("ProposeBlock"), Authorize(Roles = Roles.Operator)]
    [Consumes(typeof(BlockRequest), "application/json")]
    [ProducesResponseType<DecisionAsked>(StatusCodes.Status202Accepted)]
    [Problem(400, "bad-kind", "bad-issued-before", "bad-reason"), Problem(403, "no-object-id")]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "blocks")] HttpRequest request)
    {
        var cancel = request.HttpContext.RequestAborted;
        var block = await StrictBody.ReadAsync<BlockRequest>(request, cancel);
        var kind = block.Kind switch
        {
            "signingInput" => BlockKind.SigningInput,
            "token" => BlockKind.Token,
            "subject" => BlockKind.Subject,
            "kid" => BlockKind.Kid,
            _ => throw new BadInputException("bad-kind", "The kind must be 'signingInput', 'token', 'subject' or 'kid'."),
        };
        if (block.IssuedBefore is not null && kind is not (BlockKind.Subject or BlockKind.Kid))
        {
            throw new BadInputException(
                "bad-issued-before",
                "Leave out issuedBefore: only a subject or a kid has it, since a hash or jti names one token."
            );
        }

        var caller = request.HttpContext.User.ObjectId();
        return DecisionAsked.Of(
            await propose.BlockAsync(kind, block.Issuer, block.Value, block.IssuedBefore, BlockReason.Checked(block.Reason), caller, cancel)
        );
    }
}
