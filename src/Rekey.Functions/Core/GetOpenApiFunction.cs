using Microsoft.AspNetCore.Mvc;
using Rekey.Functions.Trust;

namespace Rekey.Functions.Core;

/// <summary>
/// HTTP, anonymous: gives this API as an OpenAPI 3.1 document. The document comes from the code, names nothing of this deployment and
/// holds no secret. It needs no token, so that client generators and gateways can import it.
/// </summary>
public static class GetOpenApiFunction
{
    private const string ContentType = "application/json";

    private static readonly ServedDocument Document = new(Read());

    [Function("GetOpenApi"), AllowAnonymous]
    [ProducesResponseType<object>(StatusCodes.Status200OK, ContentType), ProducesResponseType(StatusCodes.Status304NotModified)]
    public static IResult RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "openapi.json")] HttpRequest request) =>
        Document.Serve(request.HttpContext, ContentType, "public, max-age=300");

    private static byte[] Read()
    {
        using var resource = System.Reflection.Assembly.GetExecutingAssembly().GetManifestResourceStream("openapi.json")!;
        using var bytes = new MemoryStream();
        resource.CopyTo(bytes);
        return bytes.ToArray();
    }
}
