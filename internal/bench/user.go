package main

import (
	"strconv"
)

// appendUser appends an enterprise user of about 1.5 KB as an identity provider creates one. Names are
// spread like real ones: consecutive users are not neighbours in any index.
func appendUser(dst []byte, n int) []byte {
	number := strconv.Itoa(n)
	dst = append(dst, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"externalId":"`...)
	dst = appendScattered(dst, n, 40503)
	dst = append(dst, `-ext","userName":"`...)
	dst = appendUserName(dst, n)
	dst = append(dst, `","name":{"formatted":"Given`+number+` Family`+number+`","familyName":"Family`+number+`","givenName":"Given`+number+`"},"displayName":"`...)
	dst = appendScattered(dst, n, 2246822519)
	dst = append(dst, ` User `+number+`","nickName":"user`+number+`","title":"Principal Consultant","userType":"Employee","preferredLanguage":"en-GB","locale":"en-GB","timezone":"Europe/London","active":true,"emails":[{"value":"`...)
	dst = appendUserName(dst, n)
	dst = append(dst, `","type":"work","primary":true},{"value":"home-`...)
	dst = appendUserName(dst, n)
	dst = append(dst, `","type":"home"}],"phoneNumbers":[{"value":"+44 20 7946 0`+number+`","type":"work"},{"value":"+44 7700 9`+number+`","type":"mobile"}],"addresses":[{"type":"work","streetAddress":"221B Baker Street, second floor","locality":"London","region":"Greater London","postalCode":"NW1 6XE","country":"GB","formatted":"221B Baker Street, second floor\nLondon NW1 6XE\nUnited Kingdom","primary":true}],"profileUrl":"https://people.example.com/profile/`+number+`","entitlements":[{"value":"licence-a","display":"Licence A"},{"value":"licence-b","display":"Licence B"}],"roles":[{"value":"consultant","display":"Consultant","primary":true}],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"`+number+`","costCenter":"CC-4711","organization":"Example Corporation","division":"Professional Services","department":"Consulting"}}`...)
	return dst
}

// appendUserName appends the userName of the user with that number.
func appendUserName(dst []byte, n int) []byte {
	dst = appendScattered(dst, n, 2654435761)
	dst = strconv.AppendInt(append(dst, ".user"...), int64(n), 10)
	return append(dst, "@example.com"...)
}

// appendScattered appends eight digits that are neighbours for no two neighbouring numbers.
func appendScattered(dst []byte, n int, factor uint32) []byte {
	const digits = "0123456789abcdef"
	v := uint32(n) * factor
	for shift := 28; shift >= 0; shift -= 4 {
		dst = append(dst, digits[v>>shift&15])
	}
	return dst
}
