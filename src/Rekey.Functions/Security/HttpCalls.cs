using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.Azure.Functions.Worker.Middleware;
using Rekey.Functions.Hosting.Monitoring;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Security;

/// <summary>
/// What stands around every HTTP function after the worker has paired the request with the invocation: who calls, whether they may, when it
/// is cancelled, and failures as problem details.
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

        // One token for everything that ends a call: the caller hangs up, the host cancels, the deadline is reached.
        var hungUp = http.RequestAborted;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, hungUp);
        end.CancelAfter(options.Deadline);
        http.RequestAborted = end.Token;
        try
        {
            if (await MayCallAsync(context.FunctionDefinition, http))
            {
                await next(context);
                await AnswerAsync(context, http);
            }
        }
        catch (Exception) when (hungUp.IsCancellationRequested || context.CancellationToken.IsCancellationRequested)
        {
            // The caller has gone, or the host has given up: it takes no answer any more.
        }
        catch (Exception e)
        {
            await problems.WriteAsync(http, e);
        }
    }

    private async Task<bool> MayCallAsync(FunctionDefinition function, HttpContext http)
    {
        // The worker pairs by an id alone: an invocation of one function could come with a request for another one's path.
        if (http.GetEndpoint()?.DisplayName != function.Name)
        {
            throw new BadInputException(
                "another-function",
                "The request is not for the function that was started.",
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

    /// <summary>Writes the function's result here, where its failures are answered too.</summary>
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
