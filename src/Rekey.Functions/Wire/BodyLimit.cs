using Microsoft.AspNetCore.Http.Features;

namespace Rekey.Functions.Wire;

/// <summary>Marks the endpoints that the host calls with envelopes of its own.</summary>
public sealed class TakesEnvelopes
{
    public static readonly TakesEnvelopes Instance = new();
}

/// <summary>Marks an endpoint that takes larger bodies than others.</summary>
/// <param name="Limit">In bytes, from the settings.</param>
public sealed record TakesUpTo(Func<IServiceProvider, int> Limit)
{
    /// <summary>An issuer's tokens.</summary>
    public static readonly TakesUpTo StatusList = new(s => s.GetRequiredService<Blocking.BlockingOptions>().MaxStatusBody);
}

/// <summary>Outsiders' bodies are bounded more tightly than the host's envelopes. The endpoint tells which it is: a path comes in any case.</summary>
public sealed class BodyLimit(RequestDelegate next, HandlerOptions options)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<TakesEnvelopes>() is null)
        {
            var max = context.GetEndpoint()?.Metadata.GetMetadata<TakesUpTo>()?.Limit(context.RequestServices) ?? options.MaxBody;
            if (context.Request.ContentLength > max)
            {
                throw new BadInputException("too-large", $"The body must not be longer than {max} bytes.", StatusCodes.Status413PayloadTooLarge);
            }

            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            {
                limit.MaxRequestBodySize = max;
            }
        }

        return next(context);
    }
}
