using Rekey.Blocking;
using Rekey.Decisions;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;
using Rekey.Rotations;
using Rekey.Sweeps;
using Rekey.VaultAccess;

namespace Rekey.Functions;

/// <summary>An approver's answer.</summary>
/// <param name="Answer"><c>approve</c> or <c>decline</c>.</param>
/// <param name="PlanHash">As read with the decision: what has changed since cannot be approved by accident.</param>
public sealed record DecideRequest(string Answer, string PlanHash, string? Reason = null);

/// <summary>HTTP: shows what waits for a decision, and takes the answer.</summary>
public sealed class Decide(IRecords<Decision> decisions, DecisionLedger onRecord, AnswerDecision answers, CarryOutDecision carryOut, CarryOutBlocks carryOutBlocks, IEnumerable<SweepTokens> sweeps, SweepVaultAccess access, TimeProvider clock)
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/decisions", (Decide function, CancellationToken cancel) => function.ListAsync(cancel)).ForRoles(Roles.Operator, Roles.Approver, Roles.Reader);
        app.MapGet("/decisions/{id}", (string id, Decide function, CancellationToken cancel) => function.GetAsync(id, cancel)).ForRoles(Roles.Operator, Roles.Approver, Roles.Reader);
        app.MapPost("/decisions/{id}", async (string id, HttpContext context, Decide function) =>
            await function.PostAsync(id, await StrictBody.ReadAsync<DecideRequest>(context.Request, context.RequestAborted), context.User.ObjectId(), context.RequestAborted))
            .ForRoles(Roles.Approver);
    }

    private async Task<IResult> ListAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var (all, unreadable) = await decisions.ListReadableAsync("decision", cancel);
        var recorded = await onRecord.ReadAsync(cancel);
        return Results.Json(new { pending = all.Where(d => recorded.IsAsked(d.Id)).Select(recorded.Of).Where(d => d.StateAt(now) is DecisionState.Pending).Select(d => View(d, now)), unreadable });
    }

    private async Task<IResult> GetAsync(string id, CancellationToken cancel) =>
        await decisions.FindAsync("decision", id, cancel) is { Value: var decision } && await onRecord.ReadAsync(cancel) is var recorded && recorded.IsAsked(id)
            ? Results.Json(View(recorded.Of(decision), clock.GetUtcNow()))
            : throw Refused(AnswerRefusal.NotFound);

    private async Task<IResult> PostAsync(string id, DecideRequest request, string answerer, CancellationToken cancel)
    {
        var approve = request.Answer switch
        {
            "approve" => true,
            "decline" => false,
            _ => throw new BadInputException("bad-answer", "The answer must be 'approve' or 'decline'."),
        };
        if (request.Reason is { Length: > 1024 })
        {
            throw new BadInputException("bad-reason", "The reason must not be longer than 1024 characters.");
        }

        var outcome = await answers.AnswerAsync(new(id, approve, request.PlanHash, answerer, request.Reason), cancel);
        if (outcome.Refusal is { } refusal)
        {
            throw Refused(refusal);
        }

        var decision = outcome.Decision!;
        await (decision.Kind is DecisionKinds.BlockTokens ? sweeps.FirstOrDefault()?.SettleAsync(decision.About, cancel) ?? Task.CompletedTask
            : decision.Kind is DecisionKinds.RemoveGrant ? access.SettleAsync(decision.About, cancel)
            : CarryOutBlocks.Knows(decision) ? carryOutBlocks.CarryOutAsync(decision, cancel)
            : carryOut.CarryOutAsync(decision, cancel));
        return Results.Json(View(decision, clock.GetUtcNow()));
    }

    private static object View(Decision d, DateTimeOffset now) => new
    {
        d.Id,
        d.Kind,
        d.About,
        d.Statement,
        d.PlanHash,
        state = d.StateAt(now).ToString(),
        d.AskedAt,
        d.ExpiresAt,
        onExpiry = d.OnExpiry.ToString(),
        d.AnsweredBy,
        d.AnsweredAt,
        d.Reason,
    };

    private static BadInputException Refused(AnswerRefusal refusal) => refusal switch
    {
        AnswerRefusal.NotFound => new("unknown-decision", "There is no such decision.", StatusCodes.Status404NotFound),
        AnswerRefusal.PlanChanged => new("plan-changed", "The plan is not the one that was read: read the decision again.", StatusCodes.Status409Conflict),
        AnswerRefusal.AlreadyAnswered => new("already-answered", "Somebody has answered it otherwise.", StatusCodes.Status409Conflict),
        AnswerRefusal.Expired => new("expired", "The time to answer is over.", StatusCodes.Status409Conflict),
        AnswerRefusal.InitiatorMayNotApprove => new("initiator-may-not-approve", "Who set it off cannot decide it.", StatusCodes.Status403Forbidden),
        _ => new("actor-is-leaving", "Somebody with an open departure decides nothing.", StatusCodes.Status403Forbidden),
    };
}
