using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Rekey.Functions.Hosting.Monitoring;
using Rekey.Functions.Stopping;

namespace Rekey.Functions.Wire;

/// <summary>
/// Wraps every request before the worker pairs it with an invocation: problem details, the body limit, and the header that says whether
/// Rekey is stopped. It also runs for requests that do not come from the host.
/// </summary>
public sealed class AroundRequests(CallOptions options, ServedStopState stops) : IStartupFilter
{
    /// <summary>The header by which the worker pairs a request with an invocation.</summary>
    private const string InvocationHeader = "x-ms-invocation-id";

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.Use(
                (context, following) =>
                {
                    stops.AddTo(context);
                    return following(context);
                }
            );
            app.UseExceptionHandler();
            app.Use(
                (context, following) =>
                {
                    // A function with larger bodies raises the limit before it reads.
                    context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = options.MaxBody;
                    return context.Request.Headers[InvocationHeader] is [{ } id] && Guid.TryParse(id, out _)
                        ? following(context)
                        : throw UnpairedRequests.NotPaired();
                }
            );
            next(app);
        };
}
