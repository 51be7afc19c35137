using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.Azure.Functions.Worker.Middleware;
using Rekey.Functions.Hosting.Monitoring;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Security;

/// <summary>
/// Wraps every HTTP function after the worker has paired the request with the invocation: authentication, authorization, cancellation and
/// failures as problem details.
/// </summary>
public sealed class HttpCalls(FunctionAccess access, IPolicyEvaluator evaluator, Problems problems, CallOptions options)
    : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http)
        {
            if (context.FunctionDefinition.InputBindings.Values.Any(b => b.Type.Equals("httpTrigger", StringComparison.OrdinalIgnoreCase)))
            {
                throw new InvalidOperationException($"The function {context.FunctionDefinition.Name} was started without its request.");
            }

            await next(context);
            return;
        }

        // One token for all three ends of a call: the caller disconnects, the host cancels, the deadline passes.
        var hungUp = http.RequestAborted;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, hungUp);
        end.CancelAfter(options.Deadline);
        http.RequestAborted = end.Token;
        try
        {
            if (await MayCallAsync(context.FunctionDefinition, http))
            {
                access.CheckParameters(context.FunctionDefinition, http.Request);
                await next(context);
                await AnswerAsync(context, http);
            }
        }
        catch (Exception) when (hungUp.IsCancellationRequested || context.CancellationToken.IsCancellationRequested)
        {
            // The caller has disconnected, or the host has cancelled: neither takes an answer.
        }
        catch (Exception e)
        {
            await problems.WriteAsync(http, e);
        }
    }

    private async Task<bool> MayCallAsync(FunctionDefinition function, HttpContext http)
    {
        // The worker pairs by id alone, so an invocation could come with a request for another function's path.
        if (http.GetEndpoint()?.DisplayName != function.Name)
        {
            throw new BadInputException(
                "another-function",
                "The request is for another function than the one that was started.",
                StatusCodes.Status404NotFound
            );
        }

        if (access.PolicyOf(function) is not { } policy)
        {
            return true;
        }

        var caller = await evaluator.AuthenticateAsync(policy, http);
        var verdict = await evaluator.AuthorizeAsync(policy, caller, http, resource: null);
        if (verdict.Succeeded)
        {
            return true;
        }

        await (verdict.Challenged ? http.ChallengeAsync(Authentication.Scheme) : http.ForbidAsync(Authentication.Scheme));
        await problems.WriteStatusAsync(http);
        return false;
    }

    /// <summary>Writes the function's result.</summary>
    private static async Task AnswerAsync(FunctionContext context, HttpContext http)
    {
        var result = context.GetInvocationResult();
        if (result.Value is IResult answer)
        {
            await answer.ExecuteAsync(http);
            result.Value = Results.Empty;
        }
    }
}
