using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace Rekey.Local.Tests.Worker;

/// <summary>HTTP functions of the recordings.</summary>
public sealed class HttpFunctions(ILogger<HttpFunctions> log)
{
    [Function("Item")]
    public static IActionResult Item([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "items/{id}")] HttpRequest r, string id) =>
        new JsonResult(
            new
            {
                fn = "Item",
                id,
                path = r.Path.Value,
                pathBase = r.PathBase.Value,
                query = r.QueryString.Value,
                scheme = r.Scheme,
                host = r.Host.Value,
                remote = r.HttpContext.Connection.RemoteIpAddress?.ToString(),
            }
        );

    [Function("Files")]
    public static IActionResult Files(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "options", "put", Route = "files/{*rest}")] HttpRequest r
    ) =>
        new JsonResult(
            new
            {
                fn = "Files",
                method = r.Method,
                rest = r.RouteValues["rest"],
                path = r.Path.Value,
                query = r.QueryString.Value,
            }
        );

    [Function("Echo")]
    public static async Task<IActionResult> EchoAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "echo")] HttpRequest r)
    {
        var length = 0L;
        var buffer = new byte[65536];
        for (int read; (read = await r.Body.ReadAsync(buffer)) > 0; )
        {
            length += read;
        }

        return new JsonResult(
            new
            {
                length,
                contentLength = r.ContentLength,
                transferEncoding = r.Headers.TransferEncoding.ToString(),
                contentType = r.ContentType,
            }
        );
    }

    [Function("Slow")]
    public static async Task<IActionResult> SlowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "slow/{seconds:int}")] HttpRequest r,
        int seconds,
        FunctionContext context
    )
    {
        QueueFunctions.Note($"Slow begins {seconds}");
        await using var aborted = r.HttpContext.RequestAborted.Register(() => QueueFunctions.Note("Slow sees RequestAborted"));
        await using var cancelled = context.CancellationToken.Register(() =>
            QueueFunctions.Note("Slow sees FunctionContext.CancellationToken")
        );
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(seconds), context.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            QueueFunctions.Note("Slow sees its token cancelled");
            throw;
        }

        QueueFunctions.Note("Slow ends");
        return new OkObjectResult("slept");
    }

    [Function("Stuck")]
    public static async Task<IActionResult> StuckAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "stuck/{seconds:int}")] HttpRequest r,
        int seconds,
        FunctionContext context
    )
    {
        QueueFunctions.Note($"Stuck begins {seconds}");
        await using var aborted = r.HttpContext.RequestAborted.Register(() => QueueFunctions.Note("Stuck sees RequestAborted"));
        await using var cancelled = context.CancellationToken.Register(() =>
            QueueFunctions.Note("Stuck sees FunctionContext.CancellationToken")
        );
        await Task.Delay(TimeSpan.FromSeconds(seconds), CancellationToken.None);
        QueueFunctions.Note("Stuck ends");
        return new OkObjectResult("stuck");
    }

    [Function("Throws")]
    public static IActionResult Throws([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "throws")] HttpRequest r) =>
        throw new InvalidOperationException("refused over HTTP");

    [Function("Stream")]
    public static async Task StreamAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "stream")] HttpRequest r)
    {
        var response = r.HttpContext.Response;
        response.ContentType = "text/plain";
        response.Headers["X-App"] = "yes";
        for (var part = 0; part < 3; part++)
        {
            await response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"part {part}\n"));
            await response.Body.FlushAsync();
            await Task.Delay(300);
        }
    }

    [Function("Says")]
    public IActionResult Says([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "says")] HttpRequest r)
    {
        Console.WriteLine("says to stdout");
        Console.Error.WriteLine("says to stderr");
        log.LogWarning("a warning with {Number}", 7);
        return new NoContentResult();
    }

    [Function("Keyed")]
    public static IActionResult Keyed([HttpTrigger(AuthorizationLevel.Function, "get", Route = "keyed")] HttpRequest r) =>
        new OkObjectResult("keyed");
}
