using Rekey.Decisions;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;
using Rekey.Offboarding;
using Rekey.Rotations;
using Rekey.Trust;

namespace Rekey.Functions;

/// <summary>A departure told by HR, a Lifecycle Workflow or an operator.</summary>
/// <param name="PersonId">Object id in Entra ID.</param>
/// <param name="Reference">The sender's own id for this, so that a resend is one telling; made up when absent.</param>
/// <param name="Hostile">Operators only: everything at once.</param>
/// <param name="Keys">Operators only: governed keys, as vault authority and name, that are known to be exposed.</param>
public sealed record DepartRequest(Guid PersonId, string? Reference = null, bool Hostile = false, IReadOnlyList<string>? Keys = null);

/// <summary>HTTP: takes a departure, and shows how one is coming along.</summary>
public sealed class Depart(NoticeDeparture notice, IActorStanding standing, IRecords<Departure> departures, IRecords<Rotation> rotations, Estate estate, OffboardingOptions options,
    TrustOptions trust, TimeProvider clock)
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/departures", async (HttpContext context, Depart function) =>
            await function.PostAsync(await StrictBody.ReadAsync<DepartRequest>(context.Request, context.RequestAborted), context, context.RequestAborted))
            .ForRoles(Roles.DepartureReporter, Roles.Operator);
        app.MapGet("/departures/{id}", (string id, Depart function, CancellationToken cancel) => function.GetAsync(id, cancel))
            .ForRoles(Roles.Operator, Roles.Approver, Roles.Reader);
    }

    private async Task<IResult> PostAsync(DepartRequest request, HttpContext context, CancellationToken cancel)
    {
        // 1. Who may say what.
        var caller = context.User;
        if ((request.Hostile || request.Keys is { Count: > 0 }) && !caller.IsInRole(Roles.Operator))
        {
            throw new BadInputException("operators-only", "Only an Operator may call a departure hostile or name keys.", StatusCodes.Status403Forbidden);
        }

        var reporter = caller.ObjectId();
        if (await standing.IsDepartedAsync(reporter, cancel))
        {
            throw new BadInputException("actor-is-leaving", "Somebody with an open departure reports none.", StatusCodes.Status403Forbidden);
        }

        if (request.Reference is { Length: 0 or > 128 })
        {
            throw new BadInputException("bad-reference", "The reference must be 1 to 128 characters.");
        }

        if (request.Keys?.Any(k => k is null) is true)
        {
            throw new BadInputException("malformed-json", "A key is null.");
        }

        var keys = (request.Keys ?? []).Select(k => estate.Find(k.ToLowerInvariant()).Key.Id).ToList();

        // 2. Noticed, after the directory was asked.
        var reference = request.Reference ?? StableId.Of("depart", reporter, request.PersonId.ToString(), $"{clock.GetUtcNow():O}");
        var source = new DepartureSource(nameof(Depart), reference, clock.GetUtcNow(), reporter);
        var result = await notice.NoticeAsync(new(options.TenantId, request.PersonId, source, IsObservation: false, request.Hostile) { NamedKeys = keys }, cancel);
        if (result.Departure is not { } departure)
        {
            throw new BadInputException("unknown-person", $"The directory knows no person {request.PersonId}, not even among the deleted.", StatusCodes.Status404NotFound);
        }

        return Results.Json(new { departure = departure.Id, departure.Confirmed }, statusCode: StatusCodes.Status202Accepted);
    }

    private async Task<IResult> GetAsync(string id, CancellationToken cancel)
    {
        if (await departures.FindAsync("departure", id, cancel) is not { Value: var departure })
        {
            throw new BadInputException("unknown-departure", $"There is no departure '{id}'.", StatusCodes.Status404NotFound);
        }

        var keys = new List<object>();
        foreach (var response in departure.Plan)
        {
            var (rotation, unreadable) = await rotations.FindReadableAsync(Rotation.Live, SigningKey.RowOf(response.KeyId), cancel);
            keys.Add(new
            {
                key = response.KeyId,
                response.Grade,
                response.Urgency,
                mode = response.Mode.ToString(),
                response.Reasons,
                rotation = rotation is null ? null : new
                {
                    state = rotation.State.ToString(),
                    rotation.NewVersion,
                    rotation.VersionCreatedAt,
                    rotation.SigningStoppedAt,
                    rotation.TrustEndedAt,
                    rotation.VerifiedAt,
                    worthlessAt = RotationPolicy.WorthlessAt(rotation, trust),
                    rotation.StuckReason,
                },
                unreadable,
            });
        }

        return Results.Json(new
        {
            departure = departure.Id,
            person = departure.PersonId,
            departure.NoticedAt,
            departure.Confirmed,
            departure.Hostile,
            sources = departure.Sources,
            departure.AssessedAt,
            departure.SettledAt,
            keys,
        });
    }
}
