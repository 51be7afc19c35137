using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rekey.Local.FunctionsHost.Configuration;
using Rekey.Local.FunctionsHost.Handlers;

namespace Rekey.Local.FunctionsHost.Http;

/// <summary>The host's door. A path without an endpoint of its own never reaches the handler.</summary>
internal sealed class HostWeb(FunctionApp app, HostKeys keys, HandlerProcess handler, HttpForwarder forwarder, HttpEnvelopeEndpoint envelopes, EventGridWebhook eventGrid, AdminEndpoint admin)
{
    // What Functions takes at most (100 MB); a handler bounds for itself what it reads.
    private const long MaxBody = 104_857_600;

    public async Task<WebApplication> StartAsync(int port, CancellationToken cancellationToken)
    {
        // An empty builder: this door must not listen where ASPNETCORE_URLS of the environment says.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBody;
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddRouting();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(2));
        var web = builder.Build();
        web.Use(RefuseOtherEndpointsAsync);
        web.Map(EventGridWebhook.Path, eventGrid.HandleAsync).WithMetadata(Ours.Instance);
        web.MapMethods(AdminEndpoint.Path, ["POST"], async context => context.Response.StatusCode = await admin.HandleAsync(context)).WithMetadata(Ours.Instance);
        foreach (var function in app.Functions.Where(one => one is { Disabled: false, Trigger: HttpTriggerDefinition }))
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
        if (context.GetEndpoint()?.Metadata.GetMetadata<Ours>() is not null)
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private void Map(WebApplication web, FunctionDefinition function)
    {
        var trigger = (HttpTriggerDefinition)function.Trigger;
        var pattern = app.Host.RoutePrefix.Length > 0 ? $"/{app.Host.RoutePrefix}/{trigger.Route}" : $"/{trigger.Route}";
        RequestDelegate run = context => RunAsync(context, function, trigger);
        var endpoint = trigger.Methods.Count > 0 ? web.MapMethods(pattern, trigger.Methods, run) : web.Map(pattern, run);
        endpoint.WithMetadata(Ours.Instance);
    }

    // The real host shows a page of its own at the root until it is told not to.
    private void MapHomepage(WebApplication web)
    {
        if (!app.Settings.IsTrue("AzureWebJobsDisableHomepage"))
        {
            web.MapMethods("/", ["GET"], context => context.Response.WriteAsync("Your Functions app is up and running"))
                .WithMetadata(Ours.Instance)
                .WithOrder(-1);
        }
    }

    private async Task RunAsync(HttpContext context, FunctionDefinition function, HttpTriggerDefinition trigger)
    {
        if (!keys.Admits(trigger.AuthLevel, function.Name, HostKeys.Shown(context.Request)))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }
        else if (!handler.IsReady)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
        else if (app.Host.ForwardHttp && function.Forwardable)
        {
            await forwarder.ForwardAsync(context, function);
        }
        else
        {
            await envelopes.InvokeAsync(context, function);
        }
    }

    /// <summary>Marks the endpoints that this host has made.</summary>
    private sealed class Ours
    {
        public static readonly Ours Instance = new();
    }
}
