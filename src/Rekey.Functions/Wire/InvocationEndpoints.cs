using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Rotations;

namespace Rekey.Functions.Wire;

/// <summary>
/// Takes the host's calls for triggers that are not HTTP. Answers <c>{}</c> when the input was dealt with, be it as a dead letter, and a 5xx when
/// it should come again. Never an empty 2xx: the host would wait for it until its time-out.
/// </summary>
public static class InvocationEndpoints
{
    /// <summary>Maps <c>POST /{function}</c>.</summary>
    /// <param name="keepsItself">True when the sender keeps what is refused with a 5xx, and nobody else would bring it again: then only bad input is a dead letter.</param>
    public static void MapInvocation(this IEndpointRouteBuilder app, string function, string binding, Func<IServiceProvider, JsonElement, CancellationToken, Task> run, bool keepsItself = false) =>
        app.MapPost($"/{function}", (HttpContext context, InvocationRunner runner) => runner.RunAsync(context, function, binding, run, keepsItself))
            .WithMetadata(TakesEnvelopes.Instance)
            .AllowAnonymous();
}

/// <summary>Runs one invocation inside its deadline.</summary>
public sealed class InvocationRunner(IDeadLetters deadLetters, ILedger ledger, IFindings findings, HandlerOptions options, TimeProvider clock, ILogger<InvocationRunner> log)
{
    private const int MaxKept = 16 * 1024;

    public async Task<IResult> RunAsync(HttpContext context, string function, string binding, Func<IServiceProvider, JsonElement, CancellationToken, Task> run, bool keepsItself)
    {
        // The host kills the handler at functionTimeout, with everything else that it does: stop before, with progress saved.
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        deadline.CancelAfter(options.Deadline);
        JsonElement value = default;
        try
        {
            value = await Envelope.ReadAsync(context.Request, binding, deadline.Token);
            await run(context.RequestServices, value, deadline.Token);
            Count(function, "done");
            return Results.Json(new { });
        }
        catch (BadInputException e)
        {
            return await KeepAsync(function, e.Reason, e.Message, value, deadline.Token);
        }
        catch (CannotContinueException e) when (keepsItself)
        {
            // The sender has it still, and sends it for a day; a letter nobody replays. People must act meanwhile.
            Count(function, "refused");
            log.LogError("{Function} cannot go on: {Message} {Remedy}", function, e.Message, e.Remedy);
            await findings.RaiseAsync(RotationFindings.CannotContinue(function, e, clock.GetUtcNow()), deadline.Token);
            return Again(e.Message);
        }
        catch (CannotContinueException e)
        {
            return await KeepAsync(function, e.Reason, $"{e.Message} {e.Remedy}", value, deadline.Token);
        }
        catch (RetryLaterException e)
        {
            Count(function, "put-off");
            log.LogWarning("{Function} is put off: {Message}", function, e.Message);
            return Again(e.Message);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            Count(function, "deadline");
            log.LogWarning("{Function} reached its deadline of {Deadline}; what it had done is saved.", function, options.Deadline);
            return Again("The deadline was reached.");
        }
    }

    private async Task<IResult> KeepAsync(string function, string reason, string detail, JsonElement value, CancellationToken cancel)
    {
        Count(function, "dead-lettered");
        var raw = value.ValueKind is JsonValueKind.Undefined ? "" : value.GetRawText();
        var letter = new DeadLetter(function, reason, detail, Redaction.Clean(value, MaxKept), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(raw))), clock.GetUtcNow());
        var id = await deadLetters.KeepAsync(letter, cancel);
        await ledger.AppendAsync(new($"input-dead-lettered/{id}", LedgerKinds.InputDeadLettered, function, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["reason"] = reason,
            ["bodySha256"] = letter.BodySha256,
            ["letter"] = id,
        }), cancel);
        log.LogError("{Function} took an input that goes no further. Reason: {Reason}. Dead letter: {Id}. {Detail}", function, reason, id, detail);
        return Results.Json(new { });
    }

    private static void Count(string function, string outcome) =>
        Telemetry.Invocations.Add(1, new KeyValuePair<string, object?>("function", function), new KeyValuePair<string, object?>("outcome", outcome));

    private static IResult Again(string why) => Results.Problem(why, statusCode: StatusCodes.Status503ServiceUnavailable, title: "Try again later");
}
