using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rekey.Local.FunctionsHost.Configuration;
using Rekey.Local.FunctionsHost.Configuration.Triggers;

namespace Rekey.Local.FunctionsHost.Http;

/// <summary>The HTTP server of the host. A path without its own endpoint never reaches the worker.</summary>
internal sealed class HostWeb(
    LoadedFunctionApp app,
    IReadOnlyList<FunctionDefinition> functions,
    HostKeys keys,
    FunctionEndpoint endpoint,
    AdminEndpoint admin
)
{
    // What Functions takes at most (100 MB); the worker bounds for itself what it reads.
    private const long MaxBody = 104_857_600;

    public async Task<WebApplication> StartAsync(int port, TimeSpan drainTime, CancellationToken cancellationToken)
    {
        // An empty builder: the host must not listen where ASPNETCORE_URLS of the environment says.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.Limits.MaxRequestBodySize = MaxBody;
                kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
            });
        builder.Services.AddRouting();
        builder.Services.AddHttpForwarder();
        // The caller that stops the host sets the time limit; this value must only exceed it.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = drainTime + TimeSpan.FromMinutes(1));
        var web = builder.Build();
        web.Use(RefuseOtherEndpointsAsync);
        admin.Map(web, Ours);
        foreach (var function in functions.Where(one => one is { Disabled: false, Trigger: HttpTriggerDefinition }))
        {
            Map(web, function);
        }

        MapHomepage(web);
        await web.StartAsync(cancellationToken);
        return web;
    }

    // ASP.NET Core answers 405 with an endpoint of its own where a path matches and the method does not; the host says 404.
    private static Task RefuseOtherEndpointsAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<OursMark>() is not null)
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static IEndpointConventionBuilder Ours(IEndpointConventionBuilder endpoint) => endpoint.WithMetadata(OursMark.Instance);

    private void Map(WebApplication web, FunctionDefinition function)
    {
        var trigger = (HttpTriggerDefinition)function.Trigger;
        var pattern = app.Host.RoutePrefix.Length > 0 ? $"/{app.Host.RoutePrefix}/{trigger.Route}" : $"/{trigger.Route}";
        RequestDelegate run = context => RunAsync(context, function, trigger);
        Ours(trigger.Methods.Count > 0 ? web.MapMethods(pattern, trigger.Methods, run) : web.Map(pattern, run));
    }

    // The real host shows a page of its own at the root, before any function, until a setting forbids it; then 204, after all functions.
    private void MapHomepage(WebApplication web)
    {
        var disabled = app.Settings.IsTrue("AzureWebJobsDisableHomepage");
        Ours(web.MapGet("/", disabled ? NothingAsync : page => page.Response.WriteAsync("Your Azure Function App is up and running")))
            .Add(endpoint => ((RouteEndpointBuilder)endpoint).Order = disabled ? 1 : -1);
    }

    private static Task NothingAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private Task RunAsync(HttpContext context, FunctionDefinition function, HttpTriggerDefinition trigger)
    {
        if (keys.Admits(trigger.AuthLevel, function.Name, HostKeys.Shown(context.Request)))
        {
            return endpoint.RunAsync(context, function);
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }

    /// <summary>Marks the endpoints that this host has made.</summary>
    private sealed class OursMark
    {
        public static readonly OursMark Instance = new();
    }
}
