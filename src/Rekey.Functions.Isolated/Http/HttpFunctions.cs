using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Rekey.Functions.Isolated;

/// <summary>The functions that are HTTP. The host keeps out what no attribute names; the rest the app's own routing says, as in the custom handler.</summary>
public sealed class HttpFunctions(HttpPipeline pipeline)
{
    [Function(nameof(Blocklist))]
    public Task Blocklist([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "blocklist")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function(nameof(Blocks))]
    public Task Blocks([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", "delete", Route = "blocks/{id?}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function(nameof(Decide))]
    public Task Decide([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "decisions/{id?}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function(nameof(Depart))]
    public Task Depart([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "departures/{id?}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function(nameof(Findings))]
    public Task Findings([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "findings/{id?}")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function(nameof(Healthz))]
    public Task Healthz([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "healthz")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function(nameof(Introspect))]
    public Task Introspect([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "introspect")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function(nameof(Jwks))]
    public Task Jwks([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "issuers/{issuer}/jwks.json")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function(nameof(StatusList))]
    public Task StatusList([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "issuers/{issuer}/status-list")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function(nameof(Sweeps))]
    public Task Sweeps([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "sweeps")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);

    [Function(nameof(TrustList))]
    public Task TrustList([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "trust-list")] HttpRequest request) => pipeline.RunAsync(request.HttpContext);
}
