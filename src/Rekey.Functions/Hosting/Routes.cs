using Rekey.Functions.Wire;

namespace Rekey.Functions;

/// <summary>
/// Every address of the app. HTTP functions are forwarded by the host under their routes. The others it calls under their bare names, if this is the custom handler, and no
/// route of an HTTP function can match such a name. The host asks <c>GET /</c> whether the handler is up: any answer will do, and a refusal is one.
/// </summary>
public static class Routes
{
    public static void MapHttpFunctions(this IEndpointRouteBuilder app)
    {
        Depart.Map(app);
        Decide.Map(app);
        Jwks.Map(app);
        TrustListFunction.Map(app);
        Introspect.Map(app);
        SweepsFunction.Map(app);
        FindingsFunction.Map(app);
        BlocklistFunction.Map(app);
        Blocks.Map(app);
        StatusListFunction.Map(app);
        Healthz.Map(app);
    }

    public static void MapInvocations(this IEndpointRouteBuilder app)
    {
        foreach (var invocation in Invocations.All)
        {
            app.MapInvocation(invocation);
        }
    }
}
