using Microsoft.AspNetCore.Http.Features;

namespace Rekey.Functions.Wire;

/// <summary>Outsiders' bodies are bounded more tightly than the host's envelopes.</summary>
public sealed class BodyLimit(RequestDelegate next, HandlerOptions options)
{
    public Task InvokeAsync(HttpContext context)
    {
        var isEnvelope = context.Request.Path.Value is { } path && path.LastIndexOf('/') == 0 && char.IsAsciiLetterUpper(path.ElementAtOrDefault(1));
        if (!isEnvelope)
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
