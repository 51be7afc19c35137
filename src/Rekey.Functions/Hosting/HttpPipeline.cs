using Rekey.Functions.Wire;

namespace Rekey.Functions;

/// <summary>The HTTP functions and what stands before them, for a head whose requests come from a server that is not ours.</summary>
public sealed class HttpPipeline
{
    private readonly RequestDelegate _pipeline;

    public HttpPipeline(IServiceProvider services)
    {
        var app = new ApplicationBuilder(services);
        app.UseRekey(Routes.MapHttpFunctions);
        _pipeline = app.Build();
    }

    public Task RunAsync(HttpContext context)
    {
        // Whoever brings it has chosen an endpoint already, and routing keeps to one that is there.
        context.SetEndpoint(null);
        context.Request.RouteValues = [];
        return _pipeline(context);
    }
}

/// <summary>What every request passes, in both heads.</summary>
public static class HttpPipelineExtensions
{
    public static void UseRekey(this IApplicationBuilder app, Action<IEndpointRouteBuilder> map)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRouting();
        app.UseMiddleware<BodyLimit>();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseEndpoints(map);
    }
}
