namespace Rekey.Functions.Wire;

/// <summary>
/// Takes the host's calls for triggers that are not HTTP. Answers <c>{}</c> when the input was dealt with, be it as a dead letter, and a 5xx when
/// it should come again. Never an empty 2xx: the host would wait for it until its time-out.
/// </summary>
public static class InvocationEndpoints
{
    /// <summary>Maps <c>POST /{function}</c>.</summary>
    public static void MapInvocation(this IEndpointRouteBuilder app, Invocation invocation) =>
        app.MapPost($"/{invocation.Function}", (HttpContext context, InvocationRunner runner) => RunAsync(context, runner, invocation))
            .WithMetadata(TakesEnvelopes.Instance)
            .AllowAnonymous();

    private static async Task<IResult> RunAsync(HttpContext context, InvocationRunner runner, Invocation invocation)
    {
        try
        {
            await runner.RunAsync(invocation, cancel => Envelope.ReadAsync(context.Request, invocation.Binding, cancel), context.RequestAborted);
            return Results.Json(new { });
        }
        catch (RetryLaterException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status503ServiceUnavailable, title: "Try again later");
        }
    }
}
