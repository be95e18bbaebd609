"""Cities, states and the words of addresses.

Rule kept here: a place alone is nobody's: warehouses, shops and offices have places too.
"""

from orderveil.core.detect.vocabulary import words

CITIES = words(
    "agra ahmedabad ahmednagar ajmer akola aligarh allahabad amravati amritsar anand anantapur"
    " asansol aurangabad ayodhya bareilly belagavi belgaum bellary bengaluru bangalore bhagalpur"
    " bharuch bhavnagar bhilai bhilwara bhiwandi bhiwani bhopal bhubaneswar bikaner bilaspur bokaro"
    " bombay calcutta calicut chandigarh chennai coimbatore cuttack davanagere dehradun delhi"
    " dhanbad dharwad dhule dibrugarh durgapur durg erode faridabad firozabad gandhidham"
    " gandhinagar gangtok gaya ghaziabad goa gorakhpur gulbarga guntur gurgaon gurugram guwahati"
    " gwalior haldwani hapur haridwar hisar hosur howrah hubballi hubli hyderabad imphal indore"
    " itanagar jabalpur jaipur jalandhar jalgaon jammu jamnagar jamshedpur jhansi jodhpur junagadh"
    " kadapa kakinada kalaburagi kalyan kannur kanpur karimnagar karnal kochi cochin kohima"
    " kolhapur kolkata kollam kota kottayam kozhikode kurnool latur lucknow ludhiana madras madurai"
    " malappuram mangalore mangaluru mathura meerut moradabad mumbai muzaffarnagar muzaffarpur"
    " mysore mysuru nagpur nanded nashik nasik navsari nellore nizamabad noida ooty palakkad"
    " panaji panchkula panipat panvel patiala patna pimpri pondicherry prayagraj puducherry pune"
    " raipur rajahmundry rajkot ranchi ratlam rewa rohtak roorkee rourkela sagar saharanpur salem"
    " sambalpur sangli satara satna secunderabad shillong shimla shivamogga silchar siliguri sirsa"
    " solapur sonipat srinagar surat thane thanjavur thiruvananthapuram thoothukudi thrissur"
    " tiruchirappalli tirunelveli tirupati tiruppur trichy trivandrum tumakuru udaipur udupi ujjain"
    " vadodara baroda varanasi vasai vellore vijayawada visakhapatnam vizag warangal"
    " london manchester birmingham dublin dubai sharjah singapore toronto chicago boston seattle"
    " houston berlin munich hamburg paris madrid barcelona amsterdam sydney melbourne springfield"
    " दिल्ली मुंबई मुम्बई पुणे बेंगलुरु बेंगलूरु कोलकाता चेन्नई हैदराबाद जयपुर लखनऊ कानपुर नागपुर इंदौर भोपाल पटना"
    " वाराणसी आगरा नोएडा गुरुग्राम गुड़गांव सूरत अहमदाबाद चंडीगढ़ देहरादून रांची रायपुर ठाणे नासिक"
    " சென்னை கோவை மதுரை কলকাতা হাওড়া ঢাকা హైదరాబాద్ విజయవాడ ಬೆಂಗಳೂರು ಮೈಸೂರು കൊച്ചി"
    " അഹമദാബാദ് અમદાવાદ સુરત ਲੁਧਿਆਣਾ"
)
STATES = words(
    "assam bihar chhattisgarh gujarat haryana jharkhand karnataka kerala maharashtra manipur"
    " meghalaya mizoram nagaland odisha orissa punjab rajasthan sikkim tamilnadu telangana tripura"
    " uttarakhand uttarpradesh pradesh kashmir ladakh nadu bengal"
    " बिहार गुजरात हरियाणा झारखंड कर्नाटक केरल महाराष्ट्र पंजाब राजस्थान तेलंगाना प्रदेश उत्तराखंड"
)

UNITS = words(
    "flat house door plot shop room apt apartment unit villa block tower wing floor hno dno bldg"
    " building survey khasra gat quarter qtr ward suite ste cabin bungalow khata gala box"
    " फ्लैट फ़्लैट मकान प्लॉट प्लाट दुकान कमरा ब्लॉक टावर मंजिल मंज़िल वार्ड"
    " எண் வீடு வீட்டு বাড়ি ফ্ল্যাট ఇంటి ఇల్లు ఫ్లాట్ ಮನೆ വീട് મકાન ફ્લેટ ਮਕਾਨ क्रमांक"
)
"""With a number behind them."""

STREETS = words(
    "road rd street nagar marg lane layout colony enclave vihar puram gali galli chowk bazar"
    " bazaar extension extn mohalla wadi peth ganj tola bagh circle junction highway bypass path"
    " avenue ave boulevard blvd drive court crescent terrace square parkway pkwy close way"
    " salai veedhi theru palya halli pally pet peta gunj chawl basti para sarani"
    " रोड सड़क मार्ग नगर गली कॉलोनी कालोनी विहार चौक बाज़ार बाजार मोहल्ला मुहल्ला पेठ पथ गंज बाग"
    " தெரு சாலை நகர் রোড রাস্তা গলি লেন পাড়া నగర్ వీధి రోడ్ రోడ్డు ರಸ್ತೆ ಬೀದಿ ನಗರ"
    " റോഡ് നഗർ રોડ નગર શેરી ਰੋਡ ਗਲੀ रस्ता लेन"
)
"""With a name before them."""

PRE_STREETS = words("rue calle via avenida rua carrera plaza viale allée chemin impasse")
"""With a name behind them."""

STAGES = words("sector phase cross main stage pocket sec block सेक्टर फेज फेज़")
"""With a number on either side: "Sector 12", "4th Cross"."""

BUILDINGS = words(
    "apartments apartment residency residences towers heights society complex building bhavan"
    " bhawan niwas nivas nilaya kunj sadan mansion chs arcade manor greens homes chambers"
    " अपार्टमेंट सोसायटी सोसाइटी निवास भवन सदन कुंज"
)
LANDMARKS = words("near nr opp opposite behind beside adjacent पास सामने पीछे निकट समीप बगल")
ADMIN = words(
    "village vill tehsil taluk taluka dist district mandal tq po hobli panchayat thana"
    " ग्राम गाँव गांव पोस्ट जिला ज़िला तहसील तालुका थाना"
)
PIN_WORDS = words("pin pincode pincodes zip zipcode postal postcode पिन पिनकोड")

BINS = words(
    "rack racks aisle bin bins shelf shelves pallet dock warehouse wh godown tote carton stock"
    " inventory putaway picking pickup consignor supplier vendor गोदाम"
)
"""Where goods stand: a floor or a block beside these is no home."""
