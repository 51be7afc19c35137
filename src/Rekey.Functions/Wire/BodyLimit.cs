using Microsoft.AspNetCore.Http.Features;

namespace Rekey.Functions.Wire;

/// <summary>Marks the endpoints that the host calls with envelopes of its own.</summary>
public sealed class TakesEnvelopes
{
    public static readonly TakesEnvelopes Instance = new();
}

/// <summary>Outsiders' bodies are bounded more tightly than the host's envelopes. The endpoint tells which it is: a path comes in any case.</summary>
public sealed class BodyLimit(RequestDelegate next, HandlerOptions options)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<TakesEnvelopes>() is null)
        {
            if (context.Request.ContentLength > options.MaxBody)
            {
                throw new BadInputException("too-large", $"The body must not be longer than {options.MaxBody} bytes.", StatusCodes.Status413PayloadTooLarge);
            }

            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            {
                limit.MaxRequestBodySize = options.MaxBody;
            }
        }

        return next(context);
    }
}
